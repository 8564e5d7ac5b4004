/** A page with a group in a group, and who holds what on it. */
import type { Design } from "../../../src/domain/document/design.js";
import { documentOf } from "../../../src/domain/document/fromDesign.js";
import type { Lock } from "../../../src/domain/locks/lock.js";
import type { OperationContent } from "../../../src/domain/operations/operation.js";

const design: Design = {
  canvas: {},
  pages: [
    {
      id: "p1",
      elements: [
        { id: "outer", type: "group", x: 0, y: 0 },
        { id: "inner", type: "group", x: 0, y: 0, parentId: "outer" },
        { id: "leaf", type: "rect", x: 0, y: 0, parentId: "inner" },
        { id: "free", type: "rect", x: 0, y: 0 },
        { id: "a/b~c", type: "rect", x: 0, y: 0 },
      ],
    },
    { id: "p2", elements: [{ id: "leaf", type: "rect", x: 0, y: 0 }] },
  ],
  audioLayers: [{ id: "l1", clips: [{ id: "c1" }] }],
} as unknown as Design;

export const lockedPage = documentOf(design);

/** The page with `locked: true` on some of its elements. */
export function pageWithLocked(...ids: readonly string[]) {
  const pages = design.pages.map((page) => ({
    ...page,
    elements: page.elements.map((element) =>
      ids.includes(`${page.id}/${element.id}`) ? { ...element, locked: true } : element,
    ),
  }));
  return documentOf({ ...design, pages });
}

export const me = { userId: "me", clientId: "mine" };
export const them = { userId: "they", clientId: "theirs" };

export function lockOn(path: string, holder = them, fence = 1): Lock {
  return { path, sessionId: "session", ...holder, fence, acquiredAt: 0, expiresAt: 1 };
}

const on = (pageId: string, elementId: string) => ({ pageId, elementId });

/** Operations by a short name. */
export const change = {
  move: (elementId: string, pageId = "p1"): OperationContent => ({
    ...{ type: "MOVE_ELEMENT", target: on(pageId, elementId), payload: { x: 1, y: 1 } },
  }),
  set: (elementId: string, payload: OperationContent["payload"]): OperationContent => ({
    ...{ type: "UPDATE_ELEMENT_PROPS", target: on("p1", elementId), payload },
  }),
  add: (elementId: string, properties: object = {}): OperationContent => ({
    ...{ type: "ADD_ELEMENT", target: on("p1", elementId) },
    payload: { type: "rect", x: 0, y: 0, ...properties },
  }),
  remove: (elementId: string): OperationContent => ({
    ...{ type: "DELETE_ELEMENT", target: on("p1", elementId), payload: null },
  }),
  reparent: (elementId: string, parentId: string | null): OperationContent => ({
    ...{ type: "REORDER_ELEMENT", target: on("p1", elementId), payload: { parentId } },
  }),
  removePage: (pageId: string): OperationContent => ({
    ...{ type: "DELETE_PAGE", target: { pageId }, payload: null },
  }),
  clear: (elementIds: string[]): OperationContent => ({
    ...{ type: "CLEAR_PAGE", target: { pageId: "p1" }, payload: { elementIds } },
  }),
  page: (pageId: string): OperationContent => ({
    ...{ type: "UPDATE_PAGE", target: { pageId }, payload: { name: "N" } },
  }),
  canvas: (): OperationContent => ({
    ...{ type: "UPDATE_CANVAS", target: {}, payload: { width: 1 } },
  }),
  clip: (): OperationContent => ({
    ...{ type: "DELETE_AUDIO_CLIP", target: { audioLayerId: "l1", clipId: "c1" }, payload: null },
  }),
};
