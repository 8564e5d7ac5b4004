/** `npm run cluster` as a process: real nodes, one of which is killed. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePort } from "../../src/storage/embedded/freePort.js";
import { isAlive } from "../../src/storage/embedded/processIdentity.js";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { redisUrl } from "../setup/redis.js";
import { until } from "../setup/redisProcesses.js";

let database: TestDatabase;
let dataDir: string;
let command: ChildProcess | undefined;

beforeAll(async () => {
  spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "ignore" });
  database = await createTestDatabase();
  dataDir = mkdtempSync(join(tmpdir(), "strata-cluster-"));
});
afterAll(async () => {
  command?.kill("SIGKILL");
  rmSync(dataDir, { recursive: true, force: true });
  await database.drop();
});

function run(words: readonly string[], environment: Record<string, string> = {}) {
  const parameters = ["--import", "tsx", "scripts/cluster/run.ts", ...words];
  return spawn(process.execPath, parameters, { env: { ...process.env, ...environment } });
}

async function signUp(port: number, forwardedFor: string): Promise<string | undefined> {
  const query = "mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }";
  const name = randomUUID();
  const input = { email: `${name}@example.com`, name, password: "correct horse battery" };
  const answer = await fetch(`http://127.0.0.1:${port}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-forwarded-for": forwardedFor },
    body: JSON.stringify({ query, variables: { input } }),
  });
  const { data } = (await answer.json()) as { data?: { signUp: { __typename: string } } };
  return data?.signUp.__typename;
}

test("NODE-8 NODE-9 serves several nodes as one, starts a killed one again, and stops all", async () => {
  const port = await findFreePort(18_000 + (process.pid % 1_000) * 10);
  command = run(["2"], {
    // Counts of its own.
    REDIS_PREFIX: `cluster-${process.pid}`,
    ADDRESS_SIGN_UPS_PER_HOUR_MAX: "1",
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl(),
    DATA_DIR: dataDir,
    PORT: String(port),
  });
  let output = "";
  for (const stream of [command.stdout, command.stderr]) {
    stream?.on("data", (text: Buffer) => (output += text.toString()));
  }
  await until(() => output.includes("2 nodes ready") || command?.exitCode !== null);
  expect(output).toContain(`http://localhost:${port}/graphiql`);
  const nodes = [...output.matchAll(/localhost:(\d+)\/graphql \(process (\d+)\)/g)];
  expect(nodes).toHaveLength(2);
  const [nodePort, pid] = [Number(nodes[0]?.[1]), Number(nodes[0]?.[2])];
  const alive = async (at: number) =>
    fetch(`http://127.0.0.1:${at}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );

  // A node believes what the proxy adds to the header, and the proxy nothing of what was there.
  expect(await signUp(nodePort, "203.0.113.1")).toBe("Session");
  expect(await signUp(nodePort, "203.0.113.1")).toBe("RequestError");
  expect(await signUp(nodePort, "203.0.113.2")).toBe("Session");
  expect(await signUp(port, "203.0.113.3")).toBe("Session");
  expect(await signUp(port, "203.0.113.4")).toBe("RequestError");

  process.kill(pid, "SIGKILL");
  // One that is just dying may still be connected to.
  await until(() => !isAlive(pid));
  for (let n = 0; n < 6; n += 1) expect(await alive(port)).toBe(true);
  await until(() => output.includes("node 1 ended with SIGKILL"));
  await until(() => alive(nodePort));
  expect(isAlive(pid)).toBe(false);

  command.kill("SIGINT");
  const [code] = (await once(command, "exit")) as [number];
  expect(code).toBe(0);
  for (const one of [port, nodePort, Number(nodes[1]?.[1])]) expect(await alive(one)).toBe(false);
});

test("NODE-9 says how it is used", async () => {
  for (const words of [[], ["0"], ["17"], ["x"], ["2", "3"]]) {
    const child = run(words);
    let text = "";
    child.stderr.on("data", (chunk: Buffer) => (text += chunk.toString()));
    const [code] = (await once(child, "exit")) as [number];
    expect([code, text]).toEqual([
      2,
      expect.stringMatching(/^cluster: [^\n]+; see npm run cluster -- --help\n$/),
    ]);
  }
});
