/** What every store of sign-ins and API tokens promises. */
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {
  CredentialStore,
  NewApiToken,
  Rotation,
} from "../../src/storage/credentials/credentialStore.js";
import type { UserStore } from "../../src/storage/accounts/userStore.js";

interface StoresUnderTest {
  readonly store: CredentialStore;
  readonly users: UserStore;
  close(): Promise<void>;
}

const BEGIN = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const LIFETIME_MS = 1_000_000;
const GRACE_MS = 10_000;
const SIGN_INS_MAX = 3;

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const newHash = () => hashOf(randomUUID());

/** Registers the tests for one adapter. */
export function describeCredentialStore(name: string, open: () => Promise<StoresUnderTest>): void {
  describe(name, () => {
    let opened: StoresUnderTest;
    let store: CredentialStore;
    let userId: string;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());
    beforeEach(async () => {
      userId = await newUser();
    });

    async function newUser(): Promise<string> {
      const id = randomUUID();
      const rest = { name: "Ada", passwordHash: "hash", avatarUrl: null, createdAt: BEGIN };
      await opened.users.create({ id, email: `${id}@example.org`, ...rest });
      return id;
    }

    async function signIn(now = BEGIN, passwordHash: string | null = "hash") {
      const id = randomUUID();
      const refreshHash = newHash();
      const opened = await store.signIn({
        ...{ id, userId, refreshHash, passwordHash, now },
        expiresAt: now + LIFETIME_MS,
        signInsMax: SIGN_INS_MAX,
      });
      return { id, refreshHash, opened };
    }

    function rotationOf(hash: string, now: number, successorHash = newHash()): Rotation {
      const expiresAt = now + LIFETIME_MS;
      const sealedSuccessor = hashOf(`sealed ${successorHash}`);
      return { hash, successorHash, sealedSuccessor, now, expiresAt, graceMs: GRACE_MS };
    }

    async function listed(now = BEGIN): Promise<string[]> {
      return [...((await store.standings([userId], now)).get(userId)?.listed ?? [])].sort();
    }

    it("STO-41 keeps to its bounds where many come at once", async () => {
      const tokens = Array.from({ length: 12 }, () => store.addApiToken(newApiToken()));
      const added = (await Promise.all(tokens)).filter((outcome) => outcome === "added");
      expect(added).toHaveLength(2);
      expect(await store.apiTokens(userId)).toHaveLength(2);
      await Promise.all(Array.from({ length: 12 }, () => signIn()));
      expect((await listed()).length).toBe(SIGN_INS_MAX + 2);
    });

    function newApiToken(change: Partial<NewApiToken> = {}): NewApiToken {
      return {
        ...{ id: randomUUID(), userId, name: "CI", tokenHash: newHash() },
        scopes: ["READ", "WRITE"],
        createdAt: BEGIN,
        expiresAt: BEGIN + LIFETIME_MS,
        limit: null,
        apiTokensMax: 2,
        ...change,
      };
    }

    it("STO-24 a sign-in is listed until it runs out", async () => {
      const { id, opened } = await signIn();
      expect(opened).toBe(true);
      expect(await listed()).toEqual([id]);
      expect(await listed(BEGIN + LIFETIME_MS - 1)).toEqual([id]);
      expect(await listed(BEGIN + LIFETIME_MS)).toEqual([]);
    });

    it("STO-24 nothing is opened for another password than the account has, or for no account", async () => {
      expect((await signIn(BEGIN, "another")).opened).toBe(false);
      expect((await signIn(BEGIN, null)).opened).toBe(false);
      expect(await listed()).toEqual([]);
      await opened.users.remove(userId, Date.now());
      expect((await signIn()).opened).toBe(false);
    });

    it("STO-24 with one more than a person may have, the oldest ends", async () => {
      const ids: string[] = [];
      for (let count = 0; count < SIGN_INS_MAX + 1; count += 1) {
        ids.push((await signIn(BEGIN + count)).id);
      }
      expect(await listed()).toEqual(ids.slice(1).sort());
    });

    it("STO-25 a refresh token is good once, and its sign-in goes on", async () => {
      const { id, refreshHash } = await signIn();
      const at = BEGIN + LIFETIME_MS - 1;
      const rotation = rotationOf(refreshHash, at);
      expect(await store.rotate(rotation)).toEqual({ kind: "rotated", userId, signInId: id });
      expect(await listed(BEGIN + LIFETIME_MS)).toEqual([id]);
      const next = rotationOf(rotation.successorHash, at + 1);
      expect(await store.rotate(next)).toMatchObject({ kind: "rotated", signInId: id });
    });

    it("STO-25 of many that show one at once, one rotates and the others get its successor", async () => {
      const { id, refreshHash } = await signIn();
      const rotations = Array.from({ length: 5 }, () => rotationOf(refreshHash, BEGIN + 1));
      const outcomes = await Promise.all(rotations.map((rotation) => store.rotate(rotation)));
      const winner = outcomes.findIndex(({ kind }) => kind === "rotated");
      const { sealedSuccessor } = rotations[winner]!;
      const expiresAt = BEGIN + 1 + LIFETIME_MS;
      const repeated = { kind: "repeated", userId, signInId: id, sealedSuccessor, expiresAt };
      expect(outcomes.filter((_, index) => index !== winner)).toEqual([
        repeated,
        repeated,
        repeated,
        repeated,
      ]);
    });

    it("STO-26 one that was used longer ago ends its sign-in, and no other", async () => {
      const other = await signIn();
      const { refreshHash } = await signIn();
      const rotation = rotationOf(refreshHash, BEGIN);
      await store.rotate(rotation);
      const again = await store.rotate(rotationOf(refreshHash, BEGIN + GRACE_MS + 1));
      expect(again).toEqual({ kind: "reused", userId });
      expect(await listed()).toEqual([other.id]);
      expect(await store.rotate(rotationOf(rotation.successorHash, BEGIN))).toEqual({
        kind: "unknown",
      });
    });

    it("STO-26 one whose successor was used ends its sign-in, however soon", async () => {
      const { refreshHash } = await signIn();
      const first = rotationOf(refreshHash, BEGIN);
      await store.rotate(first);
      await store.rotate(rotationOf(first.successorHash, BEGIN + 1));
      const again = await store.rotate(rotationOf(refreshHash, BEGIN + 2));
      expect(again).toEqual({ kind: "reused", userId });
      expect(await listed()).toEqual([]);
    });

    it("STO-25 one that is unknown, or whose sign-in is over, rotates nothing", async () => {
      expect(await store.rotate(rotationOf(newHash(), BEGIN))).toEqual({ kind: "unknown" });
      const { refreshHash } = await signIn();
      const late = rotationOf(refreshHash, BEGIN + LIFETIME_MS);
      expect(await store.rotate(late)).toEqual({ kind: "unknown" });
    });

    it("STO-27 signing out ends the sign-in of a token, used or not", async () => {
      const { refreshHash } = await signIn();
      expect(await store.signOut(refreshHash)).toBe(userId);
      expect(await listed()).toEqual([]);
      expect(await store.signOut(refreshHash)).toBeUndefined();
      const second = await signIn();
      await store.rotate(rotationOf(second.refreshHash, BEGIN));
      expect(await store.signOut(second.refreshHash)).toBe(userId);
    });

    it("STO-27 ending all ends a person's sign-ins and what was issued, API tokens where asked", async () => {
      await signIn();
      const token = newApiToken();
      await store.addApiToken(token);
      await store.endAll(userId, BEGIN + 5, false);
      const standing = (await store.standings([userId], BEGIN)).get(userId);
      expect(standing).toEqual({ listed: new Set([token.id]), validAfter: BEGIN + 5 });
      // A node whose clock is behind takes nothing back.
      await store.endAll(userId, BEGIN + 4, true);
      const after = (await store.standings([userId], BEGIN)).get(userId);
      expect(after).toEqual({ listed: new Set(), validAfter: BEGIN + 5 });
      await store.endAll("no uuid", BEGIN, true);
    });

    it("STO-27 the standings of many come at once, without those who are gone", async () => {
      const other = await newUser();
      const gone = await newUser();
      await opened.users.remove(gone, Date.now());
      const standings = await store.standings([userId, other, gone, "no uuid"], BEGIN);
      expect([...standings.keys()].sort()).toEqual([userId, other].sort());
      expect(standings.get(other)).toEqual({ listed: new Set(), validAfter: null });
    });

    it("STO-28 an API token comes back as it was made, by its hash and in its person's list", async () => {
      const [older, newer] = [
        newApiToken(),
        newApiToken({ createdAt: BEGIN + 1, scopes: ["READ"] }),
      ];
      expect(await store.addApiToken(older)).toBe("added");
      expect(await store.addApiToken(newer)).toBe("added");
      const shown = (token: NewApiToken) => {
        const { id, userId, name, scopes, createdAt, expiresAt, limit } = token;
        return { id, userId, name, scopes, createdAt, expiresAt, lastUsedAt: null, limit };
      };
      expect(await store.findApiToken(older.tokenHash)).toEqual({
        ...shown(older),
        ...{ isService: false, serviceTeamId: null },
      });
      expect(await store.findApiToken(newHash())).toBeUndefined();
      expect(await store.apiTokens(userId)).toEqual([shown(newer), shown(older)]);
      expect(await store.apiTokens("no uuid")).toEqual([]);
      await store.apiTokenUsed(older.id, BEGIN + 9);
      expect((await store.findApiToken(older.tokenHash))?.lastUsedAt).toBe(BEGIN + 9);
    });

    it("STO-28 a person has so many API tokens that have not run out, and no more", async () => {
      await store.addApiToken(newApiToken());
      await store.addApiToken(newApiToken({ expiresAt: BEGIN + 5 }));
      expect(await store.addApiToken(newApiToken())).toBe("full");
      expect(await store.addApiToken(newApiToken({ createdAt: BEGIN + 5 }))).toBe("added");
    });

    it("STO-28 only its person removes an API token", async () => {
      const token = newApiToken();
      await store.addApiToken(token);
      const stranger = await newUser();
      expect(await store.removeApiToken(stranger, token.id)).toBe(false);
      expect(await store.removeApiToken(userId, randomUUID())).toBe(false);
      expect(await store.removeApiToken(userId, "no uuid")).toBe(false);
      expect(await store.removeApiToken(userId, token.id)).toBe(true);
      expect(await listed()).toEqual([]);
    });

    const oneTime = (change: object = {}) => ({
      ...{ tokenHash: newHash(), userId, purpose: "PASSWORD_RESET" as const, createdById: null },
      ...{ createdAt: BEGIN, expiresAt: BEGIN + LIFETIME_MS, provesEmail: false },
      ...change,
    });
    const shown = (tokenHash: string, now = BEGIN) =>
      ({ tokenHash, purpose: "PASSWORD_RESET", now }) as const;

    it("STO-32 a one-time token holds until it runs out or is replaced", async () => {
      const [first, second] = [oneTime(), oneTime()];
      expect(await store.addOneTimeToken(first)).toBe(true);
      expect(await store.findOneTimeToken(shown(first.tokenHash))).toBe(userId);
      expect(await store.addOneTimeToken(second)).toBe(true);
      expect(await store.findOneTimeToken(shown(first.tokenHash))).toBeUndefined();
      const over = shown(second.tokenHash, BEGIN + LIFETIME_MS);
      expect(await store.findOneTimeToken(over)).toBeUndefined();
      const late = { ...over, passwordHash: "late" };
      expect(await store.resetPassword(late)).toBeUndefined();
      expect(await store.dropExpiredOneTimeTokens(BEGIN)).toBe(0);
      expect(await store.dropExpiredOneTimeTokens(BEGIN + LIFETIME_MS)).toBeGreaterThan(0);
      expect(await store.findOneTimeToken(shown(second.tokenHash))).toBeUndefined();
      expect(await store.addOneTimeToken(oneTime({ userId: randomUUID() }))).toBe(false);
      expect(await store.addOneTimeToken(oneTime({ userId: "no uuid" }))).toBe(false);
    });

    it.each([
      ["password", async () => opened.users.changePassword(userId, "hash", "other")],
      [
        "address",
        async () => opened.users.changeEmail(userId, `${randomUUID()}@example.org`, "hash"),
      ],
      ["right to be used", async () => opened.users.disable(userId, BEGIN)],
    ])("AUTH-26 a one-time token ends with the account's %s", async (_what, change) => {
      const token = oneTime();
      await store.addOneTimeToken(token);
      await change();
      await opened.users.enable(userId);
      expect(await store.findOneTimeToken(shown(token.tokenHash))).toBeUndefined();
      const reset = { ...shown(token.tokenHash), passwordHash: "late" };
      expect(await store.resetPassword(reset)).toBeUndefined();
    });

    it("STO-32 of many who take a one-time token one gets through, and all sign-ins end", async () => {
      await signIn();
      const kept = newApiToken();
      await store.addApiToken(kept);
      const { tokenHash } = oneTime();
      await store.addOneTimeToken(oneTime({ tokenHash }));
      const tries = await Promise.all(
        [1, 2, 3, 4].map((n) =>
          store.resetPassword({ tokenHash, passwordHash: `hash ${n}`, now: BEGIN + 5 }),
        ),
      );
      expect(tries.filter((answer) => answer === userId)).toHaveLength(1);
      expect(tries.filter((answer) => answer === undefined)).toHaveLength(3);
      expect((await opened.users.findById(userId))?.passwordHash).toMatch(/^hash \d$/);
      expect(await listed()).toEqual([kept.id]);
      expect((await store.standings([userId], BEGIN)).get(userId)?.validAfter).toBe(BEGIN + 5);
    });

    it("AUTH-14 what lasts is made only while the sign-in of its maker holds", async () => {
      const { id } = await signIn();
      const maker = { userId, credential: { kind: "listed", id } } as const;
      const issued = { userId, credential: { kind: "issued", at: BEGIN } } as const;
      for (const holding of [maker, issued]) {
        expect(await store.addApiToken(newApiToken({ maker: holding }))).toBe("added");
        expect(await store.addOneTimeToken({ ...oneTime(), maker: holding })).toBe(true);
      }
      const others = await newUser();
      await store.endAll(userId, BEGIN + 5, true);
      for (const ended of [maker, issued]) {
        expect(await store.addApiToken(newApiToken({ maker: ended }))).toBe("ended");
        const ofOthers = newApiToken({ userId: others, maker: ended });
        expect(await store.addApiToken(ofOthers)).toBe("ended");
        expect(await store.addOneTimeToken({ ...oneTime(), maker: ended })).toBe(false);
      }
      expect(await store.apiTokens(userId)).toEqual([]);
      expect(await store.apiTokens(others)).toEqual([]);
    });

    it("ADMIN-4 of a disabled account nothing holds, and nothing is made", async () => {
      const { refreshHash } = await signIn();
      const token = newApiToken();
      await store.addApiToken(token);
      await store.addOneTimeToken(oneTime());
      await opened.users.disable(userId, BEGIN);
      expect((await store.standings([userId], BEGIN)).size).toBe(0);
      expect((await signIn()).opened).toBe(false);
      expect(await store.addApiToken(newApiToken())).toBe("unusable");
      const late = oneTime();
      expect(await store.addOneTimeToken(late)).toBe(false);
      await store.endAll(userId, BEGIN, true);
      await opened.users.enable(userId);
      expect(await listed()).toEqual([]);
      expect(await store.signOut(refreshHash)).toBeUndefined();
    });

    it("STO-23 all of it goes with its person", async () => {
      const { refreshHash } = await signIn();
      const token = newApiToken();
      await store.addApiToken(token);
      await opened.users.remove(userId, Date.now());
      expect(await store.findApiToken(token.tokenHash)).toBeUndefined();
      expect(await store.rotate(rotationOf(refreshHash, BEGIN))).toEqual({ kind: "unknown" });
      expect(await store.signOut(refreshHash)).toBeUndefined();
    });
  });
}
