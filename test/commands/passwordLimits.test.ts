/** Passwords are tried so often and no more, whoever's they are. */
import { beforeEach, describe, expect, test } from "vitest";
import { changePassword } from "../../src/commands/credentials/changePassword.js";
import { SLOWED_MS } from "../../src/commands/credentials/checkPassword.js";
import { deleteAccount } from "../../src/commands/accounts/deleteAccount.js";
import { signIn } from "../../src/commands/credentials/signIn.js";
import { memoryServices, type MemorySetup } from "../setup/memoryServices.js";

const PER_ACCOUNT = 3;
const UNSLOWED = 7;
const PER_ADDRESS = 8;
const HOUR_MS = 3_600_000;
const KNOWN = "known@example.org";
const id = "00000000-0000-7000-8000-000000000009";

let services: MemorySetup;
let now: number;
let checked: number;
let waitedMs: number[];

beforeEach(async () => {
  now = 0;
  checked = 0;
  waitedMs = [];
  const made = memoryServices({
    clock: { now: () => now, monotonic: () => now, after },
    rates: {
      passwordsOfAccount: { points: PER_ACCOUNT, perMs: HOUR_MS },
      passwordsUnslowed: { points: UNSLOWED, perMs: HOUR_MS },
      passwordsOfAddress: { points: PER_ADDRESS, perMs: HOUR_MS },
    },
  });
  const passwords = {
    ...made.passwords,
    verify(hash: string | undefined, password: string) {
      checked += 1;
      return made.passwords.verify(hash, password);
    },
  };
  services = { ...made, passwords };
  const rest = { name: "Known", passwordHash: "right", avatarUrl: null, createdAt: 0 };
  await services.users.create({ id, email: KNOWN, ...rest });
});

/** Lets attempts that wait go on at once, and nothing else that waits. */
function after(milliseconds: number, task: () => void): () => void {
  if (milliseconds === SLOWED_MS) {
    waitedMs.push(milliseconds);
    task();
  }
  return () => {};
}

const from = (address: string) => ({ address });
const attempt = (email: string, password = "wrong", address = "192.0.2.1") =>
  signIn(services, { email, password }, from(address));

async function exhaust(email: string): Promise<void> {
  for (let count = 0; count < PER_ACCOUNT; count += 1) {
    expect(await attempt(email)).toMatchObject({ code: "UNAUTHENTICATED" });
  }
}

describe("attempts", () => {
  test("AUTH-20: too many on one account are refused alike whether there is one, with no password checked", async () => {
    await exhaust(KNOWN);
    await exhaust("unknown@example.org");
    const [known, unknown] = [await attempt(KNOWN), await attempt("unknown@example.org")];
    // Whom it was tried on is for the audit log; no field of the API tells it.
    expect({ ...known, userId: undefined }).toEqual({ ...unknown, userId: undefined });
    expect(known).toMatchObject({ code: "RATE_LIMITED", retryAfterMs: HOUR_MS / PER_ACCOUNT });
    expect(checked).toBe(2 * PER_ACCOUNT);
  });

  test("AUTH-20: the right password is refused then, too, from that address, in any writing of the account", async () => {
    await exhaust(KNOWN);
    expect(await attempt(KNOWN, "right")).toMatchObject({ code: "RATE_LIMITED" });
    expect(await attempt(KNOWN.toUpperCase(), "right")).toMatchObject({ code: "RATE_LIMITED" });
    now += HOUR_MS / PER_ACCOUNT;
    expect(await attempt(KNOWN, "right")).toMatchObject({ kind: "signedIn" });
  });

  test("AUTH-22: guesses from elsewhere slow the right person down and lock them out of nothing", async () => {
    for (let network = 0; network < 20; network += 1) {
      for (let count = 0; count < PER_ACCOUNT; count += 1) {
        await attempt(KNOWN, "wrong", `198.51.100.${network}`);
      }
    }
    expect(waitedMs).toHaveLength(20 * PER_ACCOUNT - UNSLOWED);
    expect(await attempt(KNOWN, "right")).toMatchObject({ kind: "signedIn" });
    expect(new Set(waitedMs)).toEqual(new Set([SLOWED_MS]));
    const slowed = waitedMs.length;
    expect(await attempt(KNOWN, "right")).toMatchObject({ kind: "signedIn" });
    expect(waitedMs).toHaveLength(slowed);
  });

  test("AUTH-23: who is signed in changes the password and goes, whatever others guessed, also from here", async () => {
    for (let count = 0; count < PER_ADDRESS; count += 1) await attempt(KNOWN);
    const viewer = { kind: "user", userId: id } as const;
    const origin = from("192.0.2.1");
    const change = { currentPassword: "right", newPassword: "another horse" };
    const changed = await changePassword(services, viewer, change, origin);
    expect(changed).toMatchObject({ kind: "signedIn" });
    const gone = await deleteAccount(services, viewer, { password: "another horse" }, origin);
    expect(gone).toMatchObject({ kind: "accountDeleted" });
  });

  test("AUTH-20: too many from one address are refused on any account, and from no other address", async () => {
    for (let count = 0; count < PER_ADDRESS; count += 1) await attempt(`${count}@example.org`);
    expect(await attempt(KNOWN, "right")).toMatchObject({ code: "RATE_LIMITED" });
    expect(await attempt(KNOWN, "right", "192.0.2.2")).toMatchObject({ kind: "signedIn" });
  });

  test("AUTH-23: changing the password and deleting the account count together, and not on signing in", async () => {
    const viewer = { kind: "user", userId: id } as const;
    const origin = from("192.0.2.1");
    const input = { currentPassword: "wrong", newPassword: "another horse" };
    await changePassword(services, viewer, input, origin);
    await changePassword(services, viewer, input, origin);
    await deleteAccount(services, viewer, { password: "wrong" }, origin);
    const refusal = { code: "RATE_LIMITED" };
    expect(await changePassword(services, viewer, input, origin)).toMatchObject(refusal);
    const right = { password: "right" };
    expect(await deleteAccount(services, viewer, right, origin)).toMatchObject(refusal);
    expect(await services.users.findById(id)).toBeDefined();
    expect(await attempt(KNOWN, "right")).toMatchObject({ kind: "signedIn" });
  });

  test("AUTH-21: a success clears the account's count, and not the address's", async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let count = 1; count < PER_ACCOUNT; count += 1) await attempt(KNOWN);
      expect(await attempt(KNOWN, "right")).toMatchObject({ kind: "signedIn" });
    }
    // Six of eight are used up.
    await attempt("a@example.org");
    await attempt("b@example.org");
    expect(await attempt(KNOWN, "right")).toMatchObject({ code: "RATE_LIMITED" });
  });
});
