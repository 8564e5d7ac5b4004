/**
 * The colours of sessions, most distinguishable first: dark enough for white text on them (contrast 3 : 1 and more)
 * and apart from each other in hue or lightness, after the qualitative palettes of ColorBrewer and Okabe and Ito.
 */
export const sessionColors: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#008f6b",
  "#c2378f",
  "#6a3d9a",
  "#a6761d",
  "#e31a1c",
  "#0a7d8c",
  "#4d7f17",
  "#3f51b5",
  "#8c2d04",
  "#5f6b7a",
  "#b5179e",
  "#00695c",
  "#7a0c3c",
  "#33691e",
];
