/** A library as Excalidraw writes it, small, with one of each thing that the conversion and the drawing treat apart. */

const styled = { strokeColor: "#1e1e1e", fillStyle: "solid", opacity: 100, seed: 7, version: 3 };

function element(id: string, type: string, more: object) {
  return { id, type, x: 0, y: 0, width: 40, height: 20, angle: 0, ...styled, ...more };
}

export const smallLibrary = {
  type: "excalidrawlib",
  version: 2,
  libraryItems: [
    {
      name: "Card",
      elements: [
        element("frame", "frame", { width: 200, height: 120 }),
        element("box", "rectangle", {
          x: 10.25,
          y: 10.5,
          frameId: "frame",
          groupIds: ["inner", "outer"],
        }),
        element("tilted", "ellipse", { x: 60, angle: 0.5, frameId: "frame", groupIds: ["outer"] }),
        element("label", "text", {
          x: 12,
          y: 40.75,
          frameId: "frame",
          text: "Two  words\nand a line 👩‍🎨 of   space ",
          fontSize: 20,
        }),
        element("empty", "text", { text: "" }),
        element("gone", "rectangle", { isDeleted: true }),
      ],
    },
    {
      name: "Sketch",
      elements: [
        element("stroke", "freedraw", {
          points: Array.from({ length: 25 }, (_, i) => [i * 1.5, Math.sin(i) * 4]),
          pressures: Array.from({ length: 25 }, (_, i) => 0.5 + i / 100),
          simulatePressure: false,
        }),
        element("line", "line", {
          points: [
            [0, 0],
            [30, 12.125],
          ],
        }),
      ],
    },
  ],
};
