/** The commands of the image, in a folder with nothing but the files that it holds. */
import { spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
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

function run(program: string, words: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(program, words, {
    cwd: image.path,
    encoding: "utf8",
    env: {
      PATH: process.env["PATH"],
      NODE_ENV: "production",
      JWT_SECRET: "a secret of the tests, long enough",
      DATABASE_URL: database.url,
      npm_config_update_notifier: "false",
    },
  });
  return { status, text: `${stdout}${stderr}` };
}

const commands = [
  ["admin", ["list"], 0, "there is no administrator"],
  ["audit", ["--json"], 0, ""],
  ["verify", [randomUUID()], 2, "there is no template"],
  ["start", ["--help"], 0, "usage: npm start"],
] as const;

describe("the files of the image", () => {
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
});
