/** The layer directions are lint rules; this proves that each is caught, so that a rule that stopped working is noticed. */
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const violations: readonly (readonly [file: string, line: string])[] = [
  ["src/domain/a.ts", 'import { readFileSync } from "node:fs"; readFileSync("x");'],
  ["src/domain/b.ts", 'import pg from "pg"; new pg.Pool();'],
  [
    "src/domain/merge/c.ts",
    'import type { Clock } from "../../live/clock.js"; export type C = Clock;',
  ],
  ["src/domain/merge/d.ts", 'import type { C } from "../../config.js"; export type D = C;'],
  ["src/domain/e.ts", "export const now = () => Date.now();"],
  ["src/domain/f.ts", "export const chance = () => Math.random();"],
  ["src/domain/g.ts", "export const later = async () => 1;"],
  ["src/domain/h.ts", "export const mode = () => process.env;"],
  ["src/storage/a.ts", 'import { x } from "../commands/submit.js"; x();'],
  ["src/storage/embedded/b.ts", 'import { x } from "../../live/clock.js"; x();'],
  ["src/cluster/a.ts", 'import { x } from "../commands/submit.js"; x();'],
  ["src/cluster/b.ts", 'import { x } from "../subscriptions/redisBus.js"; x();'],
  ["src/commands/nodes.ts", 'import { x } from "../cluster/redisNodeRegistry.js"; x();'],
  ["src/subscriptions/nodes.ts", 'import { x } from "../cluster/membership.js"; x();'],
  ["src/live/a.ts", 'import { x } from "../commands/submit.js"; x();'],
  ["src/live/b.ts", 'import { x } from "../storage/prismaTemplateStore.js"; x();'],
  ["src/live/c.ts", 'import { x } from "../subscriptions/feeds.js"; x();'],
  ["src/live/d.ts", 'import type { S } from "../sessions/sessions.js"; export type L = S;'],
  ["src/audit/a.ts", 'import { x } from "../commands/submit.js"; x();'],
  ["src/audit/b.ts", 'import { x } from "../storage/prismaAuditStore.js"; x();'],
  ["src/audit/c.ts", 'import { x } from "../live/liveTemplates.js"; x();'],
  ["src/limits/a.ts", 'import { x } from "../commands/submit.js"; x();'],
  ["src/limits/b.ts", 'import { x } from "../subscriptions/redisBus.js"; x();'],
  ["src/domain/limited.ts", 'import type { R } from "../limits/rates.js"; export type L = R;'],
  ["src/live/e.ts", 'import type { R } from "../limits/rates.js"; export type L = R;'],
  ["src/sessions/a.ts", 'import { x } from "../commands/submit.js"; x();'],
  ["src/sessions/b.ts", 'import { x } from "../storage/prismaSessionStore.js"; x();'],
  ["src/sessions/c.ts", 'import { x } from "../subscriptions/feeds.js"; x();'],
  ["src/sessions/d.ts", 'import { x } from "../live/liveTemplates.js"; x();'],
  ["src/commands/a.ts", 'import { x } from "../schema/builder.js"; x();'],
  ["src/commands/b.ts", 'import { x } from "../storage/memoryTemplateStore.js"; x();'],
  ["src/commands/c.ts", 'import { x } from "../subscriptions/redisBus.js"; x();'],
  ["src/commands/d.ts", 'import { x } from "../subscriptions/feeds.js"; x();'],
  ["src/commands/e.ts", 'import { x } from "../accounts/tokens.js"; x();'],
  ["src/subscriptions/a.ts", 'import { x } from "../http/respond.js"; x();'],
  ["src/subscriptions/b.ts", 'import { x } from "../storage/database.js"; x();'],
  ["src/schema/a.ts", 'import { x } from "../storage/prismaTemplateStore.js"; x();'],
  ["src/schema/c.ts", 'import { x } from "../subscriptions/presence/redisPresenceStore.js"; x();'],
  ["src/schema/b.ts", 'import { x } from "../http/respond.js"; x();'],
  ["src/http/a.ts", 'import { x } from "../storage/database.js"; x();'],
  ["src/http/graphiql/b.ts", 'import { x } from "../../accounts/tokens.js"; x();'],
  ["src/client/a.ts", 'import { x } from "../commands/inputs.js"; x();'],
  ["src/client/b.ts", 'import { setTimeout } from "node:timers"; setTimeout();'],
  ["src/client/c.ts", 'import { map } from "rxjs"; map();'],
  ["src/client/d.ts", "export const mode = () => process.env;"],
  ["src/seed/a.ts", 'import { x } from "../server.js"; x();'],
];

const permitted: readonly (readonly [file: string, line: string])[] = [
  ["src/domain/ok.ts", 'import { z } from "zod"; import { y } from "./merge/y.js"; y(z);'],
  [
    "src/domain/merge/ok.ts",
    'import { Map } from "immutable"; import { y } from "../y.js"; y(Map);',
  ],
  ["src/live/ok.ts", 'import { x } from "../storage/templateStore.js"; x();'],
  [
    "src/commands/ok.ts",
    'import type { B } from "../subscriptions/changeBus.js"; export type C = B;',
  ],
  ["src/audit/ok.ts", 'import type { C } from "../live/clock.js"; export type D = C;'],
  ["src/sessions/ok.ts", 'import type { C } from "../live/clock.js"; export type D = C;'],
  ["src/schema/ok.ts", 'import { x } from "../storage/generated/prisma/client.js"; x();'],
  [
    "src/client/ok.ts",
    'import { x } from "../domain/limits.js"; import { y } from "./y.js"; x(y);',
  ],
  ["src/node/server.ts", 'import { x } from "./storage/prismaTemplateStore.js"; x();'],
];

let folder: string;
let report: string;

/** One run over all files: starting the linter costs more than linting. */
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "strata-layers-"));
  copyFileSync(".oxlintrc.json", join(folder, ".oxlintrc.json"));
  for (const [file, line] of [...violations, ...permitted]) {
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
    .filter((line) => line.startsWith(`${file}:`) && /restricted|no-async-await/.test(line));
}

describe("layers", () => {
  test.each(violations)("%s may not say: %s", (file) => {
    expect(findings(file)).not.toEqual([]);
  });

  test.each(permitted)("%s may say: %s", (file) => {
    expect(findings(file)).toEqual([]);
  });
});
