/**
 * Passwords as argon2id hashes. A hash takes 19 MiB and tens of milliseconds on purpose, so only a few are made at a
 * time and few may wait: a flood of sign-ins slows sign-ins, not the editing that shares the machine.
 */
import { randomBytes } from "node:crypto";
import { availableParallelism } from "node:os";
import { hash, verify } from "@node-rs/argon2";
import { PasswordsBusy } from "../commands/credentials/checkPassword.js";
import type { Passwords } from "../commands/services.js";

/**
 * OWASP's recommendation for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes, one lane. The package's
 * default algorithm is argon2id; its enum cannot be imported under isolated modules.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** Hashes run on libuv's four threads, which files and name lookups need too, and leave a core to the event loop. */
const RUNNING_MAX = Math.max(1, Math.min(2, availableParallelism() - 1));
const WAITING_MAX = 100;
const RETRY_AFTER_MS = 1_000;

/** The port's adapter; both functions reject with `PasswordsBusy` where too many calls wait already. */
export function createPasswords(runningMax = RUNNING_MAX): Passwords {
  const turns = new Turns(runningMax);
  // Compared against where there is no account, so that the answer takes as long as with one.
  const nobodysHash = hash(randomBytes(32), PARAMETERS);
  return {
    hash: (password) => turns.run(() => hash(normalised(password), PARAMETERS)),
    verify: (stored, password) =>
      turns.run(async () => {
        const matches = await verify(stored ?? (await nobodysHash), normalised(password));
        return matches && stored !== undefined;
      }),
  };
}

/** The same characters typed on another system may arrive as other code points (NIST SP 800-63B, 5.1.1.2). */
function normalised(password: string): string {
  return password.normalize("NFKC");
}

/** Runs a few tasks at a time; the others wait in order. */
class Turns {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly runningMax: number) {}

  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.running >= this.runningMax) {
      if (this.waiting.length >= WAITING_MAX) throw new PasswordsBusy(RETRY_AFTER_MS);
      // Whoever finishes hands its turn over, so `running` stays as it is.
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await task();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}
