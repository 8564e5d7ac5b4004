/** The document that the examples of operation types apply to. */
import type { Design } from "../document/design.js";

export const exampleDesign: Design = {
  canvas: { width: 1280, height: 720, background: "#ffffff" },
  pages: [
    {
      id: "page-1",
      name: "Cover",
      elements: [
        { id: "frame-1", type: "frame", x: 0, y: 0, width: 640, height: 360 },
        { id: "rect-1", type: "rect", x: 40, y: 40, width: 200, height: 80, fill: "#ffd43b" },
        { id: "text-1", type: "text", x: 60, y: 60, text: "Hello", parentId: "frame-1" },
        {
          id: "stroke-1",
          type: "stroke",
          x: 300,
          y: 200,
          points: [
            [0, 0],
            [4, 7],
          ],
        },
      ],
    },
    { id: "page-2", name: "Details", elements: [] },
  ],
  audioLayers: [
    {
      id: "layer-1",
      name: "Music",
      clips: [{ id: "clip-1", start: 0, duration: 12.5, src: "intro.mp3" }],
    },
  ],
};
