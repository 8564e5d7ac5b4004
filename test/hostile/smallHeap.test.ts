/** Documents whose few bytes take much memory do not end a node, whatever asks for them. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { createTestDatabase } from "../setup/database.js";

const HEAP_MB = 200;

test("ENG-20 documents of many values leave a node with a small heap alive, and each request answered", async () => {
  const database = await createTestDatabase();
  const child = fork(new URL("./smallHeapProcess.ts", import.meta.url), {
    execArgv: ["--import", "tsx", `--max-old-space-size=${HEAP_MB}`],
    stdio: ["ignore", "ignore", "pipe", "ipc"],
    env: {
      ...process.env,
      NODE_ENV: "test",
      PORT: "0",
      DATABASE_URL: database.url,
      JWT_SECRET: "a secret of the tests, long enough",
      LOG_LEVEL: "silent",
      LIVE_BYTES_MAX: "30_000_000",
      LARGE_REQUESTS_MAX: "1",
      READ_BYTES_PER_MINUTE_MAX: "10_000_000_000",
      COPIED_BYTES_PER_MINUTE_MAX: "10_000_000_000",
      LARGE_REQUEST_WAIT_MS_MAX: "60_000",
      ODD_VALUES: "150000",
    },
  });
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => (errors += chunk.toString().slice(0, 2_000)));
  const ended = once(child, "exit");
  const told: { answers?: { [answer: string]: number }; templates?: number } = {};
  child.on("message", (message) => Object.assign(told, message));
  const [code] = (await ended) as [number | null];
  expect(code, errors).toBe(0);
  expect(told.templates).toBe(7);
  const { answered = 0, ...refused } = told.answers ?? {};
  expect(answered).toBeGreaterThan(0);
  for (const answer of Object.keys(refused)) {
    expect(["RATE_LIMITED", "UNAVAILABLE", "RESPONSE_TOO_LARGE"]).toContain(answer);
  }
  await database.drop();
});
