import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { draw } from "../../examples/draw.js";
import { startOwnServer, type OwnServer } from "../../examples/ownServer.js";
import { convertLibrary } from "../../src/seed/excalidraw.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { smallLibrary } from "./smallLibrary.js";

describe("the draw example", () => {
  let database: TestDatabase;
  let server: OwnServer;

  beforeAll(async () => {
    database = await createTestDatabase();
    server = await startOwnServer({ DATABASE_URL: database.url });
  });
  afterAll(async () => {
    await server.stop();
    await database.drop();
  });

  it("SUB-1 HIS-1 follower, server and every version agree with what was drawn", async () => {
    const design = convertLibrary(smallLibrary);
    const drawn = await draw({ url: server.url, name: "small", design, seed: 1 });
    expect(drawn.comparisons.filter(({ equal }) => !equal)).toEqual([]);
    expect(drawn.comparisons).toHaveLength(13);
    expect([...drawn.operationsByType.keys()].toSorted()).toEqual([
      "ADD_ELEMENT",
      "ADD_PAGE",
      "EDIT_TEXT",
      "EXTEND_STROKE",
      "MOVE_ELEMENT",
      "RESIZE_ELEMENT",
      "ROTATE_ELEMENT",
      "UPDATE_CANVAS",
      "UPDATE_ELEMENT_PROPS",
    ]);
  });

  it("draws only as many operations as it is told", async () => {
    const design = convertLibrary(smallLibrary);
    const drawn = await draw({ url: server.url, name: "part", design, limit: 7, seed: 2 });
    expect(drawn.operations).toBe(7);
    expect(drawn.comparisons.filter(({ equal }) => !equal)).toEqual([]);
  });
});
