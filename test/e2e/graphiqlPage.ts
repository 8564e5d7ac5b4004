/** What a person does on GraphiQL's page. */
import { join } from "node:path";
import type { Page } from "playwright-core";
import { expect } from "vitest";

/** Where GraphiQL's answer stands; Monaco draws only what is in sight. */
export function answerOf(on: Page): Promise<string> {
  return on
    .locator(".graphiql-response .view-lines")
    .innerText()
    .then((text) => text.replaceAll("\u00a0", " "));
}

/** Opens the tab. */
export async function choose(on: Page, name: string): Promise<void> {
  await on.locator(".graphiql-tab-button", { hasText: name }).click();
  await expect
    .poll(() => on.locator(".graphiql-query-editor .view-lines").innerText())
    .toContain(name);
  // GraphiQL reads the name of the operation from the editor a moment after the text has changed.
  await on.waitForTimeout(800);
}

/** Opens the tab and presses play; waits for the answer. */
export async function run(on: Page, name: string, expected: string | RegExp): Promise<void> {
  await choose(on, name);
  await on.locator(".graphiql-execute-button").click();
  await expect.poll(() => answerOf(on), { timeout: 30_000 }).toMatch(expected);
  const folder = process.env["SCREENSHOTS"];
  if (folder !== undefined) await on.screenshot({ path: join(folder, `${name}.png`) });
}
