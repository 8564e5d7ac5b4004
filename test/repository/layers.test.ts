/**
 * The layers of `src`, and the purity of the domain and the client. Layers are read from the imports themselves. What the
 * domain and the client may not use are rules of the linter; the test proves that each rule still finds what it is for.
 */
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { domainRooms, faultOf, importsOf, layers, wiring } from "./layers.js";

const FILES_PER_FOLDER_MAX = 20;

const files = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("generated"))
  .map((file) => `src/${file}`);

const allowed: readonly (readonly [file: string, imported: string])[] = [
  ["src/commands/editing/a.ts", "src/domain/merge/merge.ts"],
  ["src/commands/editing/a.ts", "src/commands/history/b.ts"],
  ["src/storage/accounts/a.ts", "src/storage/sessions/b.ts"],
  ["src/schema/builder.ts", "src/storage/generated/prisma/client.ts"],
  ["src/node/server.ts", "src/storage/templates/prismaTemplateStore.ts"],
  ["src/storage/accounts/prismaUserStore.ts", "src/storage/postgres/database.ts"],
];

const forbidden: readonly (readonly [file: string, imported: string])[] = [
  ["src/platform/a.ts", "src/domain/json.ts"],
  ["src/domain/merge/a.ts", "src/platform/clock.ts"],
  ["src/domain/operations/a.ts", "src/domain/merge/collide.ts"],
  ["src/domain/json.ts", "src/domain/text/delta.ts"],
  ["src/redis/a.ts", "src/bus/changeBus.ts"],
  ["src/bus/a.ts", "src/subscriptions/liveSource.ts"],
  ["src/storage/accounts/a.ts", "src/accounts/tokens.ts"],
  ["src/storage/embedded/a.ts", "src/commands/services.ts"],
  ["src/live/a.ts", "src/sessions/sessions.ts"],
  ["src/live/a.ts", "src/storage/templates/prismaTemplateStore.ts"],
  ["src/limits/a.ts", "src/commands/services.ts"],
  ["src/cluster/a.ts", "src/bus/redisBus.ts"],
  ["src/commands/a.ts", "src/subscriptions/changes/feeds.ts"],
  ["src/commands/cluster/a.ts", "src/cluster/redisNodeRegistry.ts"],
  ["src/commands/a.ts", "src/accounts/tokens.ts"],
  ["src/subscriptions/a.ts", "src/storage/postgres/database.ts"],
  ["src/subscriptions/a.ts", "src/schema/builder.ts"],
  ["src/schema/presence/a.ts", "src/subscriptions/presence/stores/redisPresenceStore.ts"],
  ["src/http/a.ts", "src/storage/templates/templateStore.ts"],
  ["src/client/a.ts", "src/commands/inputs.ts"],
  ["src/seed/a.ts", "src/node/server.ts"],
  ["src/config/a.ts", "src/main.ts"],
];

describe("layers", () => {
  test("no file imports against the layers", () => {
    const faults = files.flatMap((file) =>
      importsOf(file, readFileSync(file, "utf8")).map((imported) => faultOf(file, imported)),
    );
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  test("a layer imports none that stands after it", () => {
    const order = Object.keys(layers);
    const backwards = Object.entries(layers).flatMap(([layer, imported]) =>
      imported.filter((other) => order.indexOf(other) >= order.indexOf(layer)),
    );
    expect(backwards).toEqual([]);
  });

  test("every folder has its layer, and only the entry stands at the root", () => {
    const atTheRoot = readdirSync("src");
    expect(atTheRoot.filter((name) => name.endsWith(".ts"))).toEqual(["main.ts"]);
    const known = new Set([...Object.keys(layers), ...wiring]);
    expect(atTheRoot.filter((name) => !known.has(name))).toEqual([]);
    const rooms = readdirSync("src/domain").filter((name) => !name.endsWith(".ts"));
    expect(rooms.toSorted()).toEqual(domainRooms.toSorted());
  });

  test(`no folder holds more than ${FILES_PER_FOLDER_MAX} files`, () => {
    const counts = new Map<string, number>();
    for (const file of files) counts.set(dirname(file), (counts.get(dirname(file)) ?? 0) + 1);
    expect([...counts].filter(([, count]) => count > FILES_PER_FOLDER_MAX)).toEqual([]);
  });

  test("imports of all forms are read", () => {
    const source = `import a, {
  type B,
} from "./a.js";
import "./b.js";
export type { C } from "../c.js";
import d from "zod";
const e = await import("./e.js");
`;
    const found = ["src/x/y/a.ts", "src/x/y/b.ts", "src/x/c.ts", "src/x/y/e.ts"];
    expect(importsOf("src/x/y/z.ts", source)).toEqual(found);
  });

  test.each(allowed)("%s may import %s", (file, imported) => {
    expect(faultOf(file, imported)).toBeUndefined();
  });

  test.each(forbidden)("%s may not import %s", (file, imported) => {
    expect(faultOf(file, imported)).toBeDefined();
  });
});

const violations: readonly (readonly [file: string, line: string])[] = [
  ["src/domain/a.ts", 'import { readFileSync } from "node:fs"; readFileSync("x");'],
  ["src/domain/b.ts", 'import pg from "pg"; new pg.Pool();'],
  ["src/domain/e.ts", "export const now = () => Date.now();"],
  ["src/domain/f.ts", "export const chance = () => Math.random();"],
  ["src/domain/g.ts", "export const later = async () => 1;"],
  ["src/domain/h.ts", "export const mode = () => process.env;"],
  ["src/client/b.ts", 'import { setTimeout } from "node:timers"; setTimeout();'],
  ["src/client/c.ts", 'import { map } from "rxjs"; map();'],
  ["src/client/d.ts", "export const mode = () => process.env;"],
  [
    "src/live/circle.ts",
    'import type { B } from "./circleToo.js"; export type A = { readonly b?: B };',
  ],
];

const permitted: readonly (readonly [file: string, line: string])[] = [
  ["src/domain/ok.ts", 'import { z } from "zod"; import { y } from "./merge/y.js"; y(z);'],
  [
    "src/domain/merge/ok.ts",
    'import { Map } from "immutable"; import { y } from "../y.js"; y(Map);',
  ],
  [
    "src/client/ok.ts",
    'import { x } from "../domain/limits.js"; import { y } from "./y.js"; x(y);',
  ],
];

const others: readonly (readonly [file: string, line: string])[] = [
  [
    "src/live/circleToo.ts",
    'import type { A } from "./circle.js"; export type B = { readonly a?: A };',
  ],
];

let folder: string;
let report: string;

/** One run over all files: starting the linter costs more than linting. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-layers-"));
  copyFileSync(".oxlintrc.json", join(folder, ".oxlintrc.json"));
  for (const [file, line] of [...violations, ...permitted, ...others]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), `${line}\n`);
  }
  const command = join(
    dirname(createRequire(import.meta.url).resolve("oxlint/package.json")),
    "bin/oxlint",
  );
  const { stdout } = spawnSync(process.execPath, [command, "--format=unix"], {
    cwd: folder,
    encoding: "utf8",
  });
  report = stdout;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function findings(file: string): string[] {
  return report
    .split("\n")
    .filter(
      (line) => line.startsWith(`${file}:`) && /restricted|no-async-await|no-cycle/.test(line),
    );
}

describe("rules of the linter", () => {
  test.each(violations)("%s may not say: %s", (file) => {
    expect(findings(file)).not.toEqual([]);
  });

  test.each(permitted)("%s may say: %s", (file) => {
    expect(findings(file)).toEqual([]);
  });
});
