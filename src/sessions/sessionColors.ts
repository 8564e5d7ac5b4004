/**
 * The colours of sessions. Each was chosen as far as can be from those before it in OKLab, which is as different as eyes
 * see it, among colours that carry white text (contrast 3.6 : 1 and more): no two are nearer than 0.12.
 */
export const sessionColors: readonly string[] = [
  "#0072b2",
  "#ed391a",
  "#6b1424",
  "#c755e0",
  "#49920f",
  "#2307aa",
  "#04510e",
  "#823094",
  "#89614d",
  "#324263",
  "#6b61fa",
  "#cb1982",
  "#897fa7",
  "#a51e27",
  "#a48118",
  "#1447d3",
];
