/**
 * The public shape of a template's document, `designData`: plain JSON as clients send and receive it.
 * Lists are in paint order, the last on top. Further properties are the editor's own and kept as sent.
 */
import type { JsonObject } from "../json.js";

export interface Design extends JsonObject {
  readonly canvas: JsonObject;
  readonly pages: readonly DesignPage[];
  readonly audioLayers: readonly DesignAudioLayer[];
}

export interface DesignPage extends JsonObject {
  readonly id: string;
  readonly elements: readonly DesignElement[];
}

/** `x`, `y`, `width`, `height` are in canvas units, `rotation` in degrees; `type` is an open set. */
export interface DesignElement extends JsonObject {
  readonly id: string;
  readonly type: string;
  readonly x: number;
  readonly y: number;
}

export interface DesignAudioLayer extends JsonObject {
  readonly id: string;
  readonly clips: readonly DesignClip[];
}

/** `start` and `duration` are in seconds. */
export interface DesignClip extends JsonObject {
  readonly id: string;
}

/** The design of a new template: one empty page with the given id. */
export function emptyDesign(pageId: string): Design {
  return { canvas: {}, pages: [{ id: pageId, elements: [] }], audioLayers: [] };
}

/** What is wrong with a number named `position` on a node of a list: kept as a property it would place nothing. */
export const POSITION_REFUSED =
  "must not be a number: `afterId` names the place in the list, by the id of the neighbour below";
