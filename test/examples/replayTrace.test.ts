import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOwnServer, type OwnServer } from "../../examples/ownServer.js";
import { replayTrace } from "../../examples/replayTrace.js";
import { scoreOf } from "../../examples/trace/score.js";
import { parseTrace } from "../../examples/trace/traceFile.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { smallTrace } from "./smallTrace.js";

const SEEDS = [1, 2, 3, 4];

describe("the replay-trace example", () => {
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

  async function replayed(json: unknown, limit?: number) {
    const score = scoreOf(parseTrace(json), limit);
    const outcome = await replayTrace({ url: server.url, name: "trace", score });
    return { score, outcome, different: outcome.comparisons.filter(({ equal }) => !equal) };
  }

  it.each(SEEDS)(
    "MERGE-6 brings two people's typing to the trace's own text, seed %i",
    async (seed) => {
      const trace = smallTrace({ seed, agents: 2, transactions: 150 });
      const { score, outcome, different } = await replayed(trace);
      expect(score.trace.isBasic).toBe(false);
      expect(outcome).toMatchObject({ typedElsewhere: 0, lost: 0 });
      expect(outcome.comparisons).toHaveLength(6);
      expect(different).toEqual([]);
    },
  );

  it.each(SEEDS)(
    "brings three people's to it, whatever each sees of whom, seed %i",
    async (seed) => {
      const trace = smallTrace({ seed, agents: 3, transactions: 100 });
      const { outcome, different } = await replayed(trace);
      expect(outcome.comparisons).toHaveLength(7);
      expect(different).toEqual([]);
    },
  );

  it("replays the first transactions and compares with a plain replay of them", async () => {
    const trace = smallTrace({ seed: 4, agents: 2, transactions: 60 });
    const { outcome, different } = await replayed(trace, 33);
    expect(outcome.comparisons).toHaveLength(4);
    expect(different).toEqual([]);
  });

  it("replays one person's trace from the text that it starts with", async () => {
    const trace = {
      startContent: "Hello 😀 world",
      endContent: "Oh, Hello 🎉! wld",
      txns: [
        { time: "2020-01-01T00:00:00Z", patches: [[9, 2, ""]] },
        // Each patch is made on what the one before it left; positions count the emoji once.
        {
          time: "2020-01-01T00:00:01Z",
          patches: [
            [6, 1, "🎉"],
            [7, 0, "!"],
            [0, 0, "Oh, "],
          ],
        },
      ],
    };
    const { outcome, different } = await replayed(trace);
    expect(outcome.comparisons).toHaveLength(5);
    expect(different).toEqual([]);
  });

  it("finds that a text is another than the trace's", async () => {
    const trace = smallTrace({ seed: 5, agents: 2, transactions: 20 });
    const { different } = await replayed({ ...trace, endContent: "another" });
    expect(different.map(({ what }) => what)).toEqual([
      "the server's text is the trace's own",
      "the plain replay's text is the trace's own",
    ]);
  });
});
