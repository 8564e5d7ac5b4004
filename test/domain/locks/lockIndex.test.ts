import { describe, expect, it } from "vitest";
import { lockPath, type Lock } from "../../../src/domain/locks/lock.js";
import { LockIndex } from "../../../src/domain/locks/lockIndex.js";
import { NO_OP } from "../../../src/domain/operations/noOp.js";
import type {
  LoggedOperation,
  OperationContent,
} from "../../../src/domain/operations/operation.js";
import { footprintOf } from "../../../src/domain/operations/registry.js";
import { change, lockedPage, lockOn, me, them } from "./lockedPage.js";

const element = (id: string) => `/pages/p1/elements/${id}`;

/** The lock that the operations touch first, as `index:path`. */
function touched(locks: readonly Lock[], ...contents: readonly OperationContent[]) {
  const operations = contents.map((content) => ({
    ...content,
    footprint: footprintOf(lockedPage, content),
  })) as unknown as LoggedOperation[];
  const index = new LockIndex({ revision: 1, locks });
  const found = index.firstTouched(lockedPage, operations, me);
  return found && `${found.index}:${found.lock.path}`;
}

function overlap(locks: readonly Lock[], path: string): string | undefined {
  return new LockIndex({ revision: 1, locks }).overlapping(lockedPage, path, me)?.path;
}

describe("LOCK-1 what a change touches", () => {
  it("is the lock on its node and on every node above", () => {
    for (const path of [element("free"), "/pages/p1", ""]) {
      expect(touched([lockOn(path)], change.move("free"))).toBe(`0:${path}`);
      expect(touched([lockOn(path)], change.remove("free"))).toBe(`0:${path}`);
    }
    expect(touched([lockOn("/pages/p1")], change.add("new"))).toBe("0:/pages/p1");
    expect(touched([lockOn("")], change.canvas())).toBe("0:");
    expect(touched([lockOn("/audioLayers/l1")], change.clip())).toBe("0:/audioLayers/l1");
    expect(touched([lockOn(element("a~1b~0c"))], change.move("a/b~c"))).toBe(
      `0:${element("a~1b~0c")}`,
    );
  });

  it("is every lock under what it deletes, and none under what it changes", () => {
    expect(touched([lockOn(element("free"))], change.removePage("p1"))).toBe(
      `0:${element("free")}`,
    );
    expect(touched([lockOn(element("leaf"))], change.remove("outer"))).toBe(`0:${element("leaf")}`);
    expect(touched([lockOn(element("free"))], change.clear(["leaf", "free"]))).toBe(
      `0:${element("free")}`,
    );
    expect(touched([lockOn(element("free"))], change.page("p1"))).toBeUndefined();
    expect(touched([lockOn(element("leaf"))], change.move("outer"))).toBeUndefined();
  });

  it("is nothing beside it, nothing that only has to be there, and nothing where nothing is left", () => {
    const beside = ["/pages/p2", "/pages/p", element("fre"), element("free2"), "/canvas"];
    for (const path of beside) expect(touched([lockOn(path)], change.move("free"))).toBeUndefined();
    expect(touched([lockOn(element("leaf"))], change.move("leaf", "p2"))).toBeUndefined();
    expect(touched([lockOn("")], NO_OP)).toBeUndefined();
  });

  it("is a group that something is put into, and what is around that", () => {
    const locks = [lockOn(element("outer"))];
    const outer = `0:${element("outer")}`;
    expect(touched(locks, change.reparent("free", "outer"))).toBe(outer);
    expect(touched(locks, change.add("n", { parentId: "outer" }))).toBe(outer);
    expect(touched(locks, change.add("n", {}))).toBeUndefined();
    expect(touched([lockOn(element("leaf"))], change.add("n", { parentId: "outer" }))).toBe(
      undefined,
    );
  });

  it("is told of the first operation that touches, and never of one's own", () => {
    const locks = [lockOn(element("free")), lockOn(element("leaf"), me)];
    expect(touched(locks, change.move("leaf"), change.canvas(), change.remove("free"))).toBe(
      `2:${element("free")}`,
    );
    expect(touched(locks, change.move("leaf"))).toBeUndefined();
    const ofMyOtherClient = lockOn(element("leaf"), { ...me, clientId: "other" });
    expect(touched([ofMyOtherClient], change.move("leaf"))).toBe(`0:${element("leaf")}`);
    const ofNamesake = lockOn(element("leaf"), { ...them, clientId: me.clientId });
    expect(touched([ofNamesake], change.move("leaf"))).toBe(`0:${element("leaf")}`);
    const mine = new LockIndex({ revision: 1, locks: [lockOn("", me)] });
    const nameless = { userId: me.userId, clientId: null };
    const move = {
      ...change.move("leaf"),
      footprint: footprintOf(lockedPage, change.move("leaf")),
    };
    expect(mine.firstTouched(lockedPage, [move as LoggedOperation], nameless)?.index).toBe(0);
  });
});

describe("LOCK-2 a lock on a group", () => {
  it("covers what is in it at any depth", () => {
    for (const group of ["outer", "inner"]) {
      expect(touched([lockOn(element(group))], change.move("leaf"))).toBe(`0:${element(group)}`);
      expect(touched([lockOn(element(group))], change.reparent("leaf", null))).toBe(
        `0:${element(group)}`,
      );
      expect(touched([lockOn(element(group))], change.move("free"))).toBeUndefined();
    }
    expect(touched([lockOn(element("inner"))], change.move("outer"))).toBeUndefined();
  });

  it("is found beside an own lock around it", () => {
    const locks = [lockOn(element("outer"), me), lockOn(element("inner"))];
    expect(touched(locks, change.move("leaf"))).toBe(`0:${element("inner")}`);
  });
});

describe("LOCK-8 a lock overlaps", () => {
  it("on the node, around it and in it", () => {
    for (const path of ["", "/pages/p1", element("outer"), element("inner"), element("leaf")]) {
      expect(overlap([lockOn(path)], element("inner"))).toBe(path);
      expect(overlap([lockOn(path, me)], element("inner"))).toBeUndefined();
    }
    expect(overlap([lockOn(element("leaf"))], "")).toBe(element("leaf"));
    expect(overlap([lockOn(element("leaf"))], "/pages/p1")).toBe(element("leaf"));
  });

  it("with nothing else", () => {
    const locks = [lockOn("/pages/p2"), lockOn(element("free")), lockOn("/audioLayers/l1")];
    expect(overlap(locks, element("outer"))).toBeUndefined();
    expect(overlap(locks, "/pages/p")).toBeUndefined();
    expect(overlap(locks, "/pages/p1/elements/fre")).toBeUndefined();
  });
});

describe("LOCK-8 a target", () => {
  it("names a node that is there, or the whole template", () => {
    const paths = [
      lockPath(lockedPage, {}),
      lockPath(lockedPage, { pageId: "p1" }),
      lockPath(lockedPage, { pageId: "p1", elementId: "a/b~c" }),
      lockPath(lockedPage, { audioLayerId: "l1" }),
      lockPath(lockedPage, { audioLayerId: "l1", clipId: "c1" }),
    ];
    expect(paths.map((path) => path.ok && path.value)).toEqual([
      "",
      "/pages/p1",
      element("a~1b~0c"),
      "/audioLayers/l1",
      "/audioLayers/l1/clips/c1",
    ]);
  });

  it("that is not there or not one node is refused by its place", () => {
    const wrong = [
      [{ pageId: "p9" }, "pageId"],
      [{ pageId: "p2", elementId: "free" }, "elementId"],
      [{ elementId: "free" }, "elementId"],
      [{ clipId: "c1" }, "clipId"],
      [{ audioLayerId: "l9" }, "audioLayerId"],
      [{ audioLayerId: "l1", clipId: "c9" }, "clipId"],
      [{ pageId: "p1", audioLayerId: "l1" }, "audioLayerId"],
      [{ audioLayerId: "l1", elementId: "free" }, "elementId"],
    ] as const;
    for (const [target, field] of wrong) {
      expect(lockPath(lockedPage, target)).toMatchObject({ error: { path: ["target", field] } });
    }
  });
});
