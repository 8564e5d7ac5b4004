import { describe, expect, test } from "vitest";
import { createPasswords } from "../../src/accounts/passwords.js";
import { PasswordsBusy } from "../../src/commands/passwordsBusy.js";

describe("passwords", () => {
  const passwords = createPasswords();

  test("AUTH-2: a hash is argon2id with OWASP's parameters and a salt of its own", async () => {
    const first = await passwords.hash("correct horse");
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await passwords.hash("correct horse")).not.toBe(first);
  });

  test("AUTH-2: only the password matches its hash", async () => {
    const hash = await passwords.hash("correct horse");
    expect(await passwords.verify(hash, "correct horse")).toBe(true);
    expect(await passwords.verify(hash, "correct horsE")).toBe(false);
    expect(await passwords.verify(hash, "")).toBe(false);
  });

  test("AUTH-2: the same characters match however they are encoded", async () => {
    const hash = await passwords.hash("\u00e9t\u00e9 \ufb01n");
    expect(await passwords.verify(hash, "e\u0301te\u0301 fin")).toBe(true);
  });

  test("AUTH-3: without an account nothing matches, after the same work", async () => {
    const hash = await passwords.hash("correct horse");
    const [withAccount, without] = [hash, undefined].map((stored) => async () => {
      const begin = performance.now();
      await passwords.verify(stored, "wrong");
      return performance.now() - begin;
    });
    expect(await passwords.verify(undefined, "")).toBe(false);
    // The fastest of several runs: what is left once other work on the machine is out of the way.
    const fastest = async (run: () => Promise<number>) => {
      const times: number[] = [];
      for (let count = 0; count < 8; count += 1) times.push(await run());
      return Math.min(...times);
    };
    const ratio = (await fastest(without!)) / (await fastest(withAccount!));
    expect(ratio).toBeGreaterThan(0.5);
    expect(ratio).toBeLessThan(2);
  });

  test("AUTH-4: a flood of sign-ins is refused beyond what may wait, and passes", async () => {
    const results = await Promise.allSettled(
      Array.from({ length: 120 }, () => passwords.verify(undefined, "guess")),
    );
    const refused = results.filter((result) => result.status === "rejected");
    expect(refused.length).toBe(120 - 102);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(PasswordsBusy);
    expect(await passwords.verify(undefined, "guess")).toBe(false);
  });
});
