/**
 * The document as the engine holds it: persistent, so that a change shares with the state before it
 * everything it did not touch, and a state that was not committed is simply dropped.
 * `toDesign` and `fromDesign` (beside this file) lead to and from the public JSON.
 */
import type { Map, Set } from "immutable";
import type { JsonObject } from "../json.js";
import type { DesignClip, DesignElement } from "./design.js";
import type { Sequence } from "./sequence.js";

export interface Document {
  readonly canvas: JsonObject;
  readonly pages: Sequence<Page>;
  readonly audioLayers: Sequence<AudioLayer>;
  /** Size of the document's JSON in UTF-8 bytes, kept up to date by each change so that no limit needs a serialisation. */
  readonly bytes: number;
  /** How many JSON values it holds, itself included; kept up to date as `bytes`. */
  readonly values: number;
}

export interface Page {
  readonly id: string;
  /** Everything but `id` and `elements`. */
  readonly properties: JsonObject;
  readonly elements: Sequence<DesignElement>;
  /** Ids of the children of each group and frame, so that deleting one need not look at the whole page. */
  readonly children: Map<string, Set<string>>;
}

export interface AudioLayer {
  readonly id: string;
  /** Everything but `id` and `clips`. */
  readonly properties: JsonObject;
  readonly clips: Sequence<DesignClip>;
}
