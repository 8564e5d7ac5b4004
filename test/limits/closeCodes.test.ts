import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { closeCodes } from "../../src/subscriptions/transports/closeCodes.js";

test("LIM-16 every code that a WebSocket is closed with is documented, and no other", () => {
  const page = readFileSync("docs/PROTOCOL.md", "utf8");
  const documented = [...page.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
  expect(new Set(documented)).toEqual(new Set<number>(Object.values(closeCodes)));
});
