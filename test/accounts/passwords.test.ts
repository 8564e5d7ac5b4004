import * as argon2 from "@node-rs/argon2";
import { describe, expect, test, vi } from "vitest";
import { createPasswords } from "../../src/accounts/passwords.js";
import { PasswordsBusy } from "../../src/commands/credentials/checkPassword.js";

// The real thing, watched.
vi.mock("@node-rs/argon2", async (importOriginal) => {
  const original = await importOriginal<typeof argon2>();
  return { ...original, verify: vi.fn<typeof argon2.verify>(original.verify) };
});

const verified = vi.mocked(argon2.verify);

describe("passwords", () => {
  const passwords = createPasswords(2);

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
    const work = (phc: string) => phc.split("$").slice(1, 4);
    const hash = await passwords.hash("correct horse");
    verified.mockClear();
    expect(await passwords.verify(undefined, "")).toBe(false);
    expect(await passwords.verify(hash, "wrong")).toBe(false);
    const compared = verified.mock.calls.map(([stored]) => String(stored));
    // What a hash costs stands in it: algorithm, version, memory, passes and lanes.
    expect(compared.map(work)).toEqual([work(hash), work(hash)]);
    expect(compared[0]).not.toBe(hash);
  });

  test.each([1, 2])("AUTH-4: at most %i at once, the others in their turn", async (runningMax) => {
    const bounded = createPasswords(runningMax);
    await bounded.verify(undefined, "warm");
    let running = 0;
    let most = 0;
    verified.mockImplementation(async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running -= 1;
      return true;
    });
    try {
      await Promise.all(Array.from({ length: 10 }, () => bounded.verify(undefined, "guess")));
      expect(most).toBe(runningMax);
    } finally {
      const { verify } = await vi.importActual<typeof argon2>("@node-rs/argon2");
      verified.mockImplementation(verify);
    }
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
