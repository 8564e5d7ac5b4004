/** Audio layers and clips (SPEC.md, Operations). */
import { describe, expect, test } from "vitest";
import type { Design } from "../../../src/domain/document/design.js";
import { after, invalidAt, inverseOf, refusalOf } from "./support.js";
import type { Sent } from "./support.js";

const design: Design = {
  canvas: {},
  pages: [],
  audioLayers: [
    { id: "l", name: "L", clips: [{ id: "c", start: 1 }, { id: "d" }] },
    { id: "m", clips: [{ id: "c" }] },
  ],
};
const layer = { audioLayerId: "l" };
const clip = { audioLayerId: "l", clipId: "c" };
const clipsOf = (of: Design, index = 0) =>
  of.audioLayers[index]?.clips.map(({ id }) => id).join(" ");

describe("audio layers", () => {
  test("OP-12 are added with their clips, in their place", () => {
    const payload = {
      afterId: null,
      name: "N",
      note: null,
      clips: [{ id: "x", start: 0, gain: null }],
    };
    const added = after(design, {
      type: "ADD_AUDIO_LAYER",
      target: { audioLayerId: "n" },
      payload,
    });
    expect(added.audioLayers[0]).toEqual({ id: "n", name: "N", clips: [{ id: "x", start: 0 }] });
  });

  test("OP-25 goes elsewhere in the list, and back", () => {
    const place = (target: object, type: string, afterId: string | null): Sent => ({
      ...{ type: type as Sent["type"], target, payload: { afterId } },
    });
    const layers = (of: Design) => of.audioLayers.map(({ id }) => id).join(" ");
    const up = place(layer, "REORDER_AUDIO_LAYER", "m");
    expect(layers(after(design, up))).toBe("m l");
    expect(layers(after(design, place(layer, "REORDER_AUDIO_LAYER", "gone")))).toBe("m l");
    expect(after(after(design, up), ...inverseOf(design, up))).toEqual(design);
    const clipUp = place(clip, "REORDER_AUDIO_CLIP", "d");
    expect(clipsOf(after(design, clipUp))).toBe("d c");
    expect(clipsOf(after(design, clipUp), 1)).toBe("c");
    expect(after(after(design, clipUp), ...inverseOf(design, clipUp))).toEqual(design);
  });

  test.each<[string, Sent, string]>([
    [
      "OP-25 a layer above itself",
      { type: "REORDER_AUDIO_LAYER", target: layer, payload: { afterId: "l" } },
      "payload.afterId",
    ],
    [
      "OP-25 a clip above itself",
      { type: "REORDER_AUDIO_CLIP", target: clip, payload: { afterId: "c" } },
      "payload.afterId",
    ],
    [
      "OP-25 no place",
      { type: "REORDER_AUDIO_CLIP", target: clip, payload: {} },
      "payload.afterId",
    ],
    [
      "OP-6 more than a place",
      { type: "REORDER_AUDIO_LAYER", target: layer, payload: { afterId: null, position: 1 } },
      "payload.position",
    ],
    [
      "a layer that is not there",
      { type: "REORDER_AUDIO_LAYER", target: { audioLayerId: "z" }, payload: { afterId: null } },
      "target.audioLayerId",
    ],
    [
      "a clip of another layer",
      {
        ...{ type: "REORDER_AUDIO_CLIP", target: { audioLayerId: "m", clipId: "d" } },
        payload: { afterId: null },
      } as Sent,
      "target.clipId",
    ],
  ])("%s is refused", (_name, sent, path) => {
    expect(refusalOf(design, sent)).toMatchObject(invalidAt(path));
  });

  test("OP-1 a deleted one comes back with its clips, in its place", () => {
    const sent: Sent = { type: "DELETE_AUDIO_LAYER", target: layer };
    const gone = after(design, sent);
    expect(gone.audioLayers.map(({ id }) => id)).toEqual(["m"]);
    expect(after(gone, ...inverseOf(design, sent))).toEqual(design);
  });

  test.each<[string, Sent, string]>([
    [
      "OP-11 an id already there",
      { type: "ADD_AUDIO_LAYER", target: layer },
      "target.audioLayerId",
    ],
    [
      "OP-11 a clip id twice",
      {
        type: "ADD_AUDIO_LAYER",
        target: { audioLayerId: "n" },
        payload: { clips: [{ id: "x" }, { id: "x" }] },
      },
      "payload.clips.1.id",
    ],
    [
      "a clip that starts before 0",
      {
        type: "ADD_AUDIO_LAYER",
        target: { audioLayerId: "n" },
        payload: { clips: [{ id: "x", start: -1 }] },
      },
      "payload.clips.0.start",
    ],
    [
      "clips in an update",
      { type: "UPDATE_AUDIO_LAYER", target: layer, payload: { clips: [] } },
      "payload.clips",
    ],
    ["an empty update", { type: "UPDATE_AUDIO_LAYER", target: layer, payload: {} }, "payload"],
    [
      "deleting none",
      { type: "DELETE_AUDIO_LAYER", target: { audioLayerId: "z" } },
      "target.audioLayerId",
    ],
  ])("refuses %s", (_, sent, path) => {
    expect(refusalOf(design, sent)).toMatchObject(invalidAt(path));
  });
});

describe("audio clips", () => {
  test("OP-11 ids are unique within a layer only", () => {
    const sent: Sent = {
      type: "ADD_AUDIO_CLIP",
      target: { audioLayerId: "m", clipId: "d" },
      payload: { src: "s" },
    };
    expect(clipsOf(after(design, sent), 1)).toBe("c d");
  });

  test.each([
    ["absent", {}, "c d n"],
    ["null", { afterId: null }, "n c d"],
    ["a clip", { afterId: "c" }, "c n d"],
  ])("OP-12 afterId %s", (_, payload, order) => {
    const target = { audioLayerId: "l", clipId: "n" };
    expect(clipsOf(after(design, { type: "ADD_AUDIO_CLIP", target, payload }))).toBe(order);
  });

  test("OP-1 a deleted one comes back in its place", () => {
    const sent: Sent = { type: "DELETE_AUDIO_CLIP", target: clip };
    expect(clipsOf(after(design, sent))).toBe("d");
    expect(after(after(design, sent), ...inverseOf(design, sent))).toEqual(design);
  });

  test("OP-10 an update sets properties, null removes one", () => {
    const payload = { start: null, duration: 2.5 };
    const updated = after(design, { type: "UPDATE_AUDIO_CLIP", target: clip, payload });
    expect(updated.audioLayers[0]?.clips[0]).toEqual({ id: "c", duration: 2.5 });
  });

  test.each<[string, Sent, string]>([
    [
      "OP-11 an id already there",
      { type: "ADD_AUDIO_CLIP", target: clip, payload: {} },
      "target.clipId",
    ],
    [
      "a layer not there",
      { type: "DELETE_AUDIO_CLIP", target: { ...clip, audioLayerId: "z" } },
      "target.audioLayerId",
    ],
    [
      "a clip not there",
      { type: "DELETE_AUDIO_CLIP", target: { ...clip, clipId: "z" } },
      "target.clipId",
    ],
    [
      "a negative start",
      { type: "UPDATE_AUDIO_CLIP", target: clip, payload: { start: -0.1 } },
      "payload.start",
    ],
    [
      "a duration that is no number",
      { type: "UPDATE_AUDIO_CLIP", target: clip, payload: { duration: "1" } },
      "payload.duration",
    ],
    [
      "an id in an update",
      { type: "UPDATE_AUDIO_CLIP", target: clip, payload: { id: "x" } },
      "payload.id",
    ],
    [
      "a place in an update",
      { type: "UPDATE_AUDIO_CLIP", target: clip, payload: { afterId: "d" } },
      "payload.afterId",
    ],
  ])("refuses %s", (_, sent, path) => {
    expect(refusalOf(design, sent)).toMatchObject(invalidAt(path));
  });
});
