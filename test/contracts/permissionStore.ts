/** What every store of permissions keeps, whichever adapter. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { AccessRole } from "../../src/domain/access/grant.js";
import type {
  Holder,
  PermissionChange,
  PermissionStore,
} from "../../src/storage/permissionStore.js";
import { operationAt } from "./storedOperations.js";
import type { Commit, CommitOutcome, TemplateHead } from "../../src/storage/templateStore.js";

export interface PermissionStoreUnderTest {
  readonly store: PermissionStore;
  newUser(): Promise<string>;
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
    const everywhere = { pageIds: [], elementTypes: [] };

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
      expect(await give(user(bob), "VIEW")).toEqual({ kind: "set", isNews: true });
      expect(await grantOf(bob)).toEqual({ role: "VIEW", restrictions: [] });
      const restricted = { role: "EDIT", pageIds: ["p1"], elementTypes: ["text", "a b"] } as const;
      expect(await set(user(bob), restricted)).toEqual({ kind: "set", isNews: true });
      const { role, ...restriction } = restricted;
      expect(await grantOf(bob)).toEqual({ role, restrictions: [restriction] });
      expect(await under.store.list(templateId)).toMatchObject([{ holder: user(bob), role }]);
      const changed = await revision();
      expect(changed).toBeGreaterThan(before + 1);
      expect(await set(user(bob), null)).toEqual({ kind: "set", isNews: true });
      expect(await grantOf(bob)).toEqual({ role: null, restrictions: [] });
      expect(await under.store.list(templateId)).toEqual([]);
      expect(await revision()).toBeGreaterThan(changed);
    });

    it("ACC-20 that change nothing raise no revision", async () => {
      expect(await set(user(bob), null)).toEqual({ kind: "set", isNews: false });
      await give(user(bob), "VIEW");
      const before = await revision();
      expect(await give(user(bob), "VIEW")).toEqual({ kind: "set", isNews: false });
      expect(await revision()).toBe(before);
    });

    it("ACC-20 are refused on what is there, and leave nothing then", async () => {
      await give(user(bob), "ADMIN");
      const before = await revision();
      const outcome = await under.store.change(
        { templateId, holder: user(bob), permission: null },
        ({ permissions, authorId, hasPlace }) => ({
          roles: permissions.map(({ role }) => role),
          ...{ authorId, hasPlace },
        }),
      );
      const reason = { roles: ["ADMIN"], authorId: ada, hasPlace: false };
      expect(outcome).toEqual({ kind: "refused", reason });
      expect(await grantOf(bob)).toMatchObject({ role: "ADMIN" });
      expect(await revision()).toBe(before);
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
