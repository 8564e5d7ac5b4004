/** `npm run verify` as a program, on templates edited by the engine on PostgreSQL. */
import { randomUUID } from "node:crypto";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { StoreOnPostgres } from "../contracts/storeOnPostgres.js";
import { editedTemplate, openWithAuthor } from "./editedTemplate.js";

let opened: StoreOnPostgres;
let templateId: string;

beforeAll(async () => {
  opened = await openWithAuthor();
});
afterAll(() => opened.close());
beforeEach(async () => {
  ({ templateId } = await editedTemplate(opened));
});

describe("LOG-13 npm run verify", () => {
  /** Runs the program as npm does, but from its source. */
  async function run(...args: string[]) {
    const child = spawn(process.execPath, ["--import", "tsx", "src/cli/verify.ts", ...args], {
      env: { ...process.env, DATABASE_URL: opened.url, NODE_ENV: "test" },
    });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => (text += part));
    child.stderr.setEncoding("utf8").on("data", (part: string) => (text += part));
    const [code] = (await once(child, "close")) as [number];
    return { code, text };
  }

  it("says what it checked, what is damaged, and in its exit code whether something is", async () => {
    const fine = await run(templateId);
    expect(fine.text).toMatch(/12 operations[\s\S]*intact/);
    expect(fine.code).toBe(0);
    await opened.database.pool.query(
      "DELETE FROM template_operations WHERE template_id = $1 AND resulting_version = 6",
      [templateId],
    );
    const damaged = await run(templateId);
    expect(damaged.text).toMatch(/damaged: version 6 is missing/);
    expect(damaged.code).toBe(1);
  });

  it("exits with 2 where it checked nothing", async () => {
    const runs = await Promise.all([run(), run(randomUUID()), run("no-uuid"), run("a", "b")]);
    expect(runs.map(({ code }) => code)).toEqual([2, 2, 2, 2]);
    expect(runs[0]!.text).toContain("name the id of a template");
    expect(runs[1]!.text).toContain("no template");
  });
});
