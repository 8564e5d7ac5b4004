/** What every store of permissions keeps, whichever adapter. */
import { unrestricted } from "../../src/domain/access/grant.js";
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccessRole } from "../../src/domain/access/grant.js";
import type {
  Holder,
  PermissionChange,
  PermissionStore,
} from "../../src/storage/access/permissionStore.js";
import { operationAt } from "./storedOperations.js";
import type {
  Commit,
  CommitOutcome,
  TemplateHead,
} from "../../src/storage/templates/templateStore.js";

export interface PermissionStoreUnderTest {
  readonly store: PermissionStore;
  newUser(): Promise<string>;
  /** An account with the address, proven or not. */
  newAccount(email: string, isProven: boolean): Promise<string>;
  newTemplate(authorId: string): Promise<string>;
  head(templateId: string): Promise<TemplateHead | undefined>;
  commit(commit: Commit): Promise<CommitOutcome>;
  /** A team, which the template then belongs to where one is named. */
  newTeam(ownerId: string, templateId?: string): Promise<string>;
  join(teamId: string, userId: string, role: "ADMIN" | "MEMBER"): Promise<void>;
  close(): Promise<void>;
}

export function describePermissionStore(
  name: string,
  open: () => Promise<PermissionStoreUnderTest>,
): void {
  describe(`${name}: permissions`, () => {
    let under: PermissionStoreUnderTest;
    let templateId: string;
    let ada: string;
    let bob: string;
    const everywhere = unrestricted;

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      ada = await under.newUser();
      bob = await under.newUser();
      templateId = await under.newTemplate(ada);
    });

    const user = (userId: string): Holder => ({ kind: "user", userId });
    const team = (teamId: string): Holder => ({ kind: "team", teamId });
    const set = (holder: Holder, permission: PermissionChange["permission"]) =>
      under.store.change({ templateId, holder, permission }, () => undefined);
    const give = (holder: Holder, role: AccessRole) => set(holder, { role, ...everywhere });
    const listed = async () => (await under.store.list([templateId], true)).get(templateId) ?? [];
    const grantOf = async (userId: string, id = templateId) =>
      (await under.store.readGrants([{ templateId: id, userId }]))[0]?.grant;
    const revision = async () => (await under.head(templateId))?.accessRevision ?? -1;

    it("ACC-26 nothing is committed under another access revision than the one expected", async () => {
      const expectedAccessRevision = await revision();
      await give(user(bob), "EDIT");
      const commit = { templateId, expectedVersion: 1, operations: [operationAt(2)] };
      const outdated = await under.commit({ ...commit, expectedAccessRevision });
      expect(outdated).toEqual({ kind: "moved" });
      expect((await under.head(templateId))?.version).toBe(1);
      const current = await under.commit({ ...commit, expectedAccessRevision: await revision() });
      expect(current).toEqual({ kind: "committed" });
    });

    it("ACC-20 are granted, changed and taken away, each with a new access revision", async () => {
      expect(await grantOf(bob)).toEqual({ role: null, restrictions: [] });
      const before = await revision();
      expect(await give(user(bob), "VIEW")).toMatchObject({ kind: "set", isNews: true });
      expect(await grantOf(bob)).toEqual({ role: "VIEW", restrictions: [] });
      const restricted = {
        role: "EDIT",
        ...{ pageIds: ["p1"], elementTypes: ["text", "a b"], elementIds: ["e/1"] },
        operationTypes: ["MOVE_ELEMENT", "EDIT_TEXT"],
      } as const;
      expect(await set(user(bob), restricted)).toMatchObject({ kind: "set", isNews: true });
      const { role, ...restriction } = restricted;
      expect(await grantOf(bob)).toEqual({ role, restrictions: [restriction] });
      expect(await listed()).toMatchObject([{ holder: user(bob), role }]);
      const changed = await revision();
      expect(changed).toBeGreaterThan(before + 1);
      expect(await set(user(bob), null)).toMatchObject({ kind: "set", isNews: true });
      expect(await grantOf(bob)).toEqual({ role: null, restrictions: [] });
      expect(await listed()).toEqual([]);
      expect(await revision()).toBeGreaterThan(changed);
    });

    it("ACC-20 keep their id until they are taken away", async () => {
      const ids: unknown[] = [];
      for (const role of ["VIEW", "EDIT", null, null] as const) {
        const outcome = await set(user(bob), role && { role, ...everywhere });
        ids.push(outcome.kind === "set" ? outcome.permissionId : outcome.kind);
        const [there] = await listed();
        if (role !== null) expect(there?.id).toBe(ids.at(-1));
      }
      expect(ids).toEqual([ids[0], ids[0], ids[0], null]);
    });

    it("ACC-20 that change nothing raise no revision", async () => {
      expect(await set(user(bob), null)).toMatchObject({ kind: "set", isNews: false });
      await give(user(bob), "VIEW");
      const before = await revision();
      expect(await give(user(bob), "VIEW")).toMatchObject({ kind: "set", isNews: false });
      expect(await revision()).toBe(before);
    });

    it("ACC-20 are refused on what is there, and leave nothing then", async () => {
      await give(user(bob), "ADMIN");
      const before = await revision();
      const outcome = await under.store.change(
        { templateId, holder: user(bob), permission: null },
        ({ own, others, authorId, hasPlace }) => ({
          ...{ role: own?.role, others },
          ...{ authorId, hasPlace },
        }),
      );
      const others = { count: 0, restrictionBytes: 0, isAdministered: false };
      const reason = { role: "ADMIN", others, authorId: ada, hasPlace: false };
      expect(outcome).toEqual({ kind: "refused", reason });
      expect(await grantOf(bob)).toMatchObject({ role: "ADMIN" });
      expect(await revision()).toBe(before);
    });

    it("ACC-43 are counted without being read, and a change is judged by what all others have", async () => {
      const cyd = await under.newUser();
      const pageIds = ["p1", "\u00e9"];
      await set(user(bob), { role: "EDIT", ...everywhere, pageIds });
      await give(user(cyd), "ADMIN");
      const size = { count: 2, restrictionBytes: 4 };
      expect(await under.store.sizes([templateId, randomUUID()])).toEqual(
        new Map([[templateId, size]]),
      );
      const read = await under.store.list([templateId, randomUUID()], false);
      expect([...read.keys()]).toEqual([templateId]);
      expect(read.get(templateId)).toMatchObject([
        { holder: user(bob), role: "EDIT", pageIds: [] },
        { holder: user(cyd), role: "ADMIN" },
      ]);
      const judged = async (holder: Holder) => {
        const change = { templateId, holder, permission: null };
        const outcome = await under.store.change(change, ({ own, others }) => ({
          ...{ role: own?.role, others },
        }));
        return outcome.kind === "refused" ? outcome.reason : undefined;
      };
      expect(await judged(user(cyd))).toEqual({
        ...{ role: "ADMIN", others: { count: 1, restrictionBytes: 4, isAdministered: false } },
      });
      expect(await judged(user(bob))).toEqual({
        ...{ role: "EDIT", others: { count: 1, restrictionBytes: 0, isAdministered: true } },
      });
      const address: Holder = { kind: "address", email: `${randomUUID()}@example.org` };
      expect(await judged(address)).toEqual({
        ...{ role: undefined, others: { ...size, isAdministered: true } },
      });
    });

    it("ACC-20 of nobody and on nothing are told as that", async () => {
      for (const id of [randomUUID(), "no id"]) {
        expect(await give(user(id), "VIEW")).toEqual({ kind: "noHolder" });
        expect(await give(team(id), "VIEW")).toEqual({ kind: "noHolder" });
        const change = { templateId: id, holder: user(bob), permission: null };
        expect(await under.store.change(change, () => undefined)).toEqual({ kind: "gone" });
        expect(await grantOf(bob, id)).toEqual({ role: null, restrictions: [] });
        expect(await grantOf(id)).toEqual({ role: null, restrictions: [] });
      }
    });

    it("ACC-11 of a team count for its members and its owner, the strongest of all", async () => {
      const [carol, dave] = [await under.newUser(), await under.newUser()];
      const teamId = await under.newTeam(carol);
      await under.join(teamId, bob, "MEMBER");
      await give(team(teamId), "COMMENT");
      await give(user(bob), "VIEW");
      expect(await grantOf(bob)).toMatchObject({ role: "COMMENT" });
      expect(await grantOf(carol)).toMatchObject({ role: "COMMENT" });
      expect(await grantOf(dave)).toMatchObject({ role: null });
      expect(await under.store.isInTeam(bob, teamId)).toBe(true);
      expect(await under.store.isInTeam(carol, teamId)).toBe(true);
      expect(await under.store.isInTeam(dave, teamId)).toBe(false);
    });

    describe("of an address", () => {
      const address = (email: string): Holder => ({ kind: "address", email });
      const newEmail = () => `${randomUUID()}@example.org`;
      const later = 2_000_000_000_000;
      const send = async (email: string, role: AccessRole = "EDIT") => {
        const token = { hash: randomUUID().replaceAll("-", "").padEnd(64, "0"), expiresAt: later };
        const permission = { role, ...everywhere };
        const change = { templateId, holder: address(email), permission, token };
        return { token, outcome: await under.store.change(change, () => undefined) };
      };
      const knownTo = async (userId: string) =>
        (await under.store.readKnownGrants([{ templateId, userId }]))[0]?.grant.role;
      const roleOf = async (userId: string) => (await grantOf(userId))?.role;
      const holders = async () => (await listed()).map(({ holder }) => holder);

      it("ACC-40 are the account's whose address it provably is, before or after, and nobody else's", async () => {
        for (const isFirst of [true, false]) {
          const [email, other] = [newEmail(), newEmail()];
          const accounts = async () => ({
            owner: await under.newAccount(email, true),
            unproven: await under.newAccount(other, false),
          });
          const before = isFirst ? await accounts() : undefined;
          await send(email);
          await send(other);
          const { owner, unproven } = before ?? (await accounts());
          expect(await roleOf(owner)).toBe("EDIT");
          expect(await roleOf(unproven)).toBeNull();
          expect(await set(address(email), null)).toMatchObject({ kind: "set", isNews: true });
          expect(await roleOf(owner)).toBeNull();
        }
      });

      it("ACC-40 are whose the token is, once, as long as it is good", async () => {
        const email = newEmail();
        const { token: first } = await send(email);
        const { token, outcome } = await send(email);
        expect(outcome).toMatchObject({ kind: "set", isNews: false });
        const { accept } = under.store;
        const accepting = (hash: string, userId: string, now = later - 1) =>
          accept.call(under.store, hash, userId, now);
        expect(await accepting(first.hash, bob)).toBeUndefined();
        expect(await accepting(token.hash, bob, later)).toBeUndefined();
        const before = await revision();
        expect(await accepting(token.hash, bob)).toEqual({ templateId, isNews: true });
        expect(await revision()).toBeGreaterThan(before);
        expect(await accepting(token.hash, bob, later)).toEqual({ templateId, isNews: false });
        expect(await accepting(token.hash, ada)).toBeUndefined();
        expect(await roleOf(bob)).toBe("EDIT");
        expect(await holders()).toEqual([{ kind: "address", email, userId: bob }]);
        await send(email, "VIEW");
        expect(await roleOf(bob)).toBe("VIEW");
        expect(await holders()).toEqual([{ kind: "address", email, userId: bob }]);
      });

      it("ACC-41 others know of them once their person joined, and no list tells before", async () => {
        const email = newEmail();
        const owner = await under.newAccount(email, true);
        await send(email);
        expect(await knownTo(owner)).toBeNull();
        expect(await holders()).toEqual([{ kind: "address", email, userId: null }]);
        const before = await revision();
        await under.store.joined({ templateId, userId: owner }, 1_000);
        expect(await knownTo(owner)).toBe("EDIT");
        expect(await holders()).toEqual([{ kind: "address", email, userId: owner }]);
        await under.store.joined({ templateId, userId: owner }, 2_000);
        expect(await revision()).toBe(before);
      });

      it("AUTH-51 wait for their address and, until it runs out, for their token, until somebody comes", async () => {
        const email = newEmail();
        const { token } = await send(email);
        const waits = (now: number) =>
          Promise.all([
            under.store.isAwaited({ email }, now),
            under.store.isAwaited({ tokenHash: token.hash }, now),
            under.store.isAwaited({ email: newEmail() }, now),
          ]);
        expect(await waits(0)).toEqual([true, true, false]);
        expect(await waits(token.expiresAt)).toEqual([true, false, false]);
        await under.store.accept(token.hash, bob, 0);
        expect(await waits(0)).toEqual([false, false, false]);
      });

      it("ACC-41 who has the token takes them from an account that did not come", async () => {
        const email = newEmail();
        const owner = await under.newAccount(email, true);
        const { token } = await send(email);
        expect(await under.store.accept(token.hash, bob, 0)).toMatchObject({ isNews: true });
        expect([await roleOf(owner), await roleOf(bob)]).toEqual([null, "EDIT"]);
      });

      it("ACC-40 stand beside what the same person was granted by name", async () => {
        const email = newEmail();
        const owner = await under.newAccount(email, true);
        await give(user(owner), "VIEW");
        await send(email);
        expect(await roleOf(owner)).toBe("EDIT");
        await set(user(owner), null);
        expect(await roleOf(owner)).toBe("EDIT");
      });
    });

    it("ACC-12 of a template's team are its members', and a new member is a new revision", async () => {
      const [carol, dave] = [await under.newUser(), await under.newUser()];
      const teamId = await under.newTeam(carol, templateId);
      const before = await revision();
      await under.join(teamId, bob, "MEMBER");
      await under.join(teamId, dave, "ADMIN");
      expect(await revision()).toBeGreaterThan(before);
      const keys = [bob, carol, dave, ada].map((userId) => ({ templateId, userId }));
      const grants = await under.store.readGrants(keys);
      expect(grants.map(({ grant }) => grant.role)).toEqual(["EDIT", "ADMIN", "ADMIN", null]);
    });
  });
}
