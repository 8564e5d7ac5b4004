import { describe, expect, test } from "vitest";
import { createPageOrigins } from "../../src/http/pageOrigins.js";

function createLogged() {
  const logged: string[] = [];
  const origins = createPageOrigins({
    listed: ["https://app.example"],
    allowsLoopback: true,
    warn: ({ origin }) => void logged.push(origin),
  });
  return { origins, logged };
}

describe("the log of refused pages", () => {
  test("LIM-30: names each origin once, with the setting", () => {
    const { origins, logged } = createLogged();
    for (let index = 0; index < 5; index += 1) {
      expect(origins.refuse("https://a.example").message).toContain("CORS_ORIGINS");
      origins.refuse("https://b.example");
    }
    expect(logged).toEqual(["https://a.example", "https://b.example"]);
  });

  test("LIM-30: is not filled by who invents origins, nor by long ones", () => {
    const { origins, logged } = createLogged();
    for (let index = 0; index < 1_000; index += 1) origins.refuse(`https://${index}.example`);
    expect(logged.length).toBe(100);
    expect(origins.refuse("x".repeat(10_000)).message.length).toBeLessThan(1_000);
  });
});
