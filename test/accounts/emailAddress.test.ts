import { describe, expect, test } from "vitest";
import { parseEmailAddress } from "../../src/commands/accounts/emailAddress.js";

describe("e-mail addresses", () => {
  test.each([
    ["ada@example.org", "ada@example.org"],
    ["  Ada@Example.ORG ", "ada@example.org"],
    ["a.b+tag@sub.example.co", "a.b+tag@sub.example.co"],
    ["zoë@exämple.org", "zoë@exämple.org"],
    ["zoe\u0308@example.org", "zoë@example.org"],
    [`${"a".repeat(64)}@example.org`, `${"a".repeat(64)}@example.org`],
  ])("AUTH-1: %j is kept as %j", (text, address) => {
    expect(parseEmailAddress(text)).toBe(address);
  });

  test.each([
    "",
    "ada",
    "@example.org",
    "ada@",
    "ada@example",
    "ada@@example.org",
    "ada@example..org",
    "ada@-example.org",
    "ada@example-.org",
    "a da@example.org",
    "ada@exam ple.org",
    "ada\u0000@example.org",
    "ada\u001f@example.org",
    "ada\n@example.org",
    "ada@example.org\u200b",
    "ada\ud800@example.org",
    '"ada"@example.org',
    "<ada@example.org>",
    `${"a".repeat(65)}@example.org`,
  ])("AUTH-1: %j is refused", (text) => {
    expect(parseEmailAddress(text)).toBeUndefined();
  });

  test("AUTH-1: one that is too long is refused, at once", () => {
    const begin = performance.now();
    for (const text of [`ada@${"a.".repeat(130)}org`, " ".repeat(1e6), "a".repeat(1e6)]) {
      expect(parseEmailAddress(text)).toBeUndefined();
    }
    expect(performance.now() - begin).toBeLessThan(100);
  });
});
