import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { closeCodes } from "../../src/subscriptions/transports/closeCodes.js";

test("docs/PROTOCOL.md lists the close codes that the server uses, and no others", () => {
  const section = readFileSync("docs/PROTOCOL.md", "utf8").split("## Close codes")[1] ?? "";
  const listed = [...section.matchAll(/^\| (\d{4}) \|/gm)].map(([, code]) => Number(code));
  expect(listed).toEqual(Object.values(closeCodes).toSorted((a, b) => a - b));
});
