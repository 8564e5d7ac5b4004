/** What every store of accounts promises. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UserRecord, UserStore } from "../../src/storage/accounts/userStore.js";

interface UserStoreUnderTest {
  readonly store: UserStore;
  close(): Promise<void>;
}

type WithEmail = UserRecord & { readonly email: string };

function newUser(overrides: Partial<WithEmail> = {}): WithEmail {
  const id = randomUUID();
  return {
    id,
    email: `${id}@example.org`,
    name: "Ada Lovelace 🎨",
    passwordHash: "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
    avatarUrl: null,
    createdAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
    ...{ isEmailProven: false, disabledAt: null, kind: "PERSON", serviceTeamId: null },
    ...overrides,
  };
}

/** Registers the tests for one adapter. */
export function describeUserStore(name: string, open: () => Promise<UserStoreUnderTest>): void {
  describe(name, () => {
    let opened: UserStoreUnderTest;
    let store: UserStore;
    beforeAll(async () => {
      opened = await open();
      store = opened.store;
    });
    afterAll(() => opened.close());

    it("STO-13 finds an account by id and by e-mail as it was given", async () => {
      const users = [newUser(), newUser({ avatarUrl: "https://example.org/a.png" })];
      for (const user of users) expect(await store.create(user)).toEqual({ kind: "created" });
      for (const user of users) {
        expect(await store.findById(user.id)).toEqual(user);
        expect(await store.findBySignInName(user.email)).toEqual(user);
      }
    });

    it("STO-13 answers a doubled e-mail with a value and keeps the first account", async () => {
      const first = newUser();
      await store.create(first);
      const second = newUser({ email: first.email, name: "Second" });
      expect(await store.create(second)).toEqual({ kind: "emailTaken" });
      expect(await store.findBySignInName(first.email)).toEqual(first);
      expect(await store.findById(second.id)).toBeUndefined();
    });

    it("STO-13 gives one of two who sign up at once the e-mail", async () => {
      const email = `${randomUUID()}@example.org`;
      const outcomes = await Promise.all([
        store.create(newUser({ email })),
        store.create(newUser({ email })),
      ]);
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["created", "emailTaken"]);
    });

    it("STO-13 throws where the id is taken: that is no outcome anyone expects", async () => {
      const user = newUser();
      await store.create(user);
      const again = { ...user, email: `${randomUUID()}@example.org` };
      await expect(store.create(again)).rejects.toThrow();
    });

    it("STO-13 gives those of many that exist, each once", async () => {
      const users = [newUser(), newUser()];
      for (const user of users) await store.create(user);
      const ids = users.map(({ id }) => id);
      const found = await store.findMany([...ids, ids[0]!, randomUUID(), "no uuid"]);
      expect(found.map(({ id }) => id).sort()).toEqual(ids.sort());
      expect(found).toEqual(expect.arrayContaining(users));
      expect(await store.findMany([])).toEqual([]);
    });

    it("STO-13 finds nobody under what is no id or e-mail of anyone", async () => {
      expect(await store.findById("no uuid")).toBeUndefined();
      expect(await store.findById(randomUUID())).toBeUndefined();
      expect(await store.findBySignInName("nobody@example.org")).toBeUndefined();
      expect(await store.findBySignInName("' OR 1=1 --")).toBeUndefined();
    });

    it("STO-19 an account begins as USER, and has the role that it was given last", async () => {
      const [ada, bob] = [newUser(), newUser()];
      await store.create(ada);
      await store.create(bob);
      expect(await store.roleOf(ada.id)).toBe("USER");
      expect(await store.setRole(ada.id, "ADMIN")).toBe(true);
      expect(await store.roleOf(ada.id)).toBe("ADMIN");
      expect(await store.roleOf(bob.id)).toBe("USER");
      expect(await store.administrators()).toEqual([ada]);
      expect(await store.setRole(ada.id, "USER")).toBe(true);
      expect(await store.administrators()).toEqual([]);
      expect(await store.setRole(randomUUID(), "ADMIN")).toBe(false);
      expect(await store.setRole("no uuid", "ADMIN")).toBe(false);
      expect(await store.roleOf(randomUUID())).toBeUndefined();
      expect(await store.roleOf("no uuid")).toBeUndefined();
    });

    const now = Date.now();

    it("STO-21 an identity belongs to one account, which may have neither address nor password", async () => {
      const user: UserRecord = { ...newUser(), email: null, passwordHash: null };
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      expect(await store.createWithIdentity(user, identity, now)).toEqual({ kind: "created" });
      expect(await store.findByIdentity(identity)).toEqual(user);
      const second = newUser();
      expect(await store.createWithIdentity(second, identity, now)).toEqual({
        kind: "identityTaken",
      });
      expect(await store.findById(second.id)).toBeUndefined();
      const elsewhere = { ...identity, issuer: "https://other.example.org" };
      expect(await store.findByIdentity(elsewhere)).toBeUndefined();
      expect(await store.createWithIdentity(second, elsewhere, now)).toEqual({ kind: "created" });
    });

    it("STO-21 an address that another account proved makes neither account nor identity", async () => {
      const first = newUser();
      await store.createWithIdentity(first, { issuer: "https://id", subject: first.id }, now);
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      const second = newUser({ email: first.email });
      expect(await store.createWithIdentity(second, identity, now)).toEqual({ kind: "emailTaken" });
      expect(await store.findByIdentity(identity)).toBeUndefined();
    });

    it("AUTH-80 an account that only signs in with an address keeps nobody from proving it", async () => {
      const stranger = newUser();
      await store.create(stranger);
      const person = { ...newUser({ email: stranger.email }), passwordHash: null };
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      expect(await store.createWithIdentity(person, identity, now)).toEqual({ kind: "created" });
      expect(await store.findBySignInName(stranger.email)).toEqual(stranger);
      const proven = { ...person, isEmailProven: true };
      expect(await store.findAtAddress(stranger.email)).toEqual([proven, stranger]);
      expect(await store.create(newUser({ email: stranger.email }))).toEqual({
        kind: "emailTaken",
      });
      const another = newUser();
      await store.create(another);
      const change = store.changeEmail(another.id, stranger.email, another.passwordHash);
      expect(await change).toBe("emailTaken");
      const confirm = (id: string, email = stranger.email) => store.confirmEmail(id, email, now);
      expect(await confirm(stranger.id)).toBe("provenByOther");
      expect(await confirm(person.id)).toBe("done");
      expect(await confirm(another.id)).toBe("gone");
      expect(await confirm(another.id, another.email)).toBe("done");
      expect(await store.findById(another.id)).toEqual({ ...another, isEmailProven: true });
      expect(await confirm("no uuid")).toBe("gone");
    });

    it("STO-21 of two at once with one identity one is made", async () => {
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      const outcomes = await Promise.all([
        store.createWithIdentity(newUser(), identity, now),
        store.createWithIdentity(newUser(), identity, now),
      ]);
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["created", "identityTaken"]);
    });

    it("STO-22 a password changes only from the one expected", async () => {
      const user = newUser();
      await store.create(user);
      expect(await store.changePassword(user.id, "another", "new")).toBe(false);
      expect(await store.changePassword(user.id, user.passwordHash!, "new")).toBe(true);
      expect(await store.findById(user.id)).toEqual({ ...user, passwordHash: "new" });
      expect(await store.changePassword(randomUUID(), "new", "newer")).toBe(false);
      expect(await store.changePassword("no uuid", "new", "newer")).toBe(false);
    });

    it("STO-31 a new address is not proven, and belongs to one account", async () => {
      const [user, other] = [newUser(), newUser()];
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      await store.createWithIdentity({ ...user, passwordHash: null }, identity, now);
      await store.create(other);
      expect((await store.findById(user.id))?.isEmailProven).toBe(true);
      expect(await store.changeEmail(user.id, other.email, null)).toBe("emailTaken");
      expect((await store.findById(user.id))?.isEmailProven).toBe(true);
      const email = `${randomUUID()}@example.org`;
      expect(await store.changeEmail(user.id, email, null)).toBe("changed");
      expect(await store.findById(user.id)).toMatchObject({ email, isEmailProven: false });
      expect(await store.changeEmail(randomUUID(), "nobody@example.org", null)).toBe("gone");
      expect(await store.changeEmail("no uuid", "nobody@example.org", null)).toBe("gone");
    });

    it("AUTH-25 an address is changed only where the checked password holds and the account is in use", async () => {
      const user = newUser();
      await store.create(user);
      const email = `${randomUUID()}@example.org`;
      await store.changePassword(user.id, user.passwordHash!, "new");
      expect(await store.changeEmail(user.id, email, user.passwordHash)).toBe("gone");
      await store.disable(user.id, now);
      expect(await store.changeEmail(user.id, email, "new")).toBe("gone");
      expect(await store.changePassword(user.id, "new", "newer")).toBe(false);
      expect((await store.findById(user.id))?.email).toBe(user.email);
    });

    it("STO-31 what others see of a person changes as asked for, and the rest stays", async () => {
      const user = newUser();
      await store.create(user);
      const avatarUrl = "https://example.org/b.png";
      expect(await store.changeProfile(user.id, { name: "Bea" })).toBe(true);
      expect(await store.changeProfile(user.id, { avatarUrl })).toBe(true);
      expect(await store.findById(user.id)).toEqual({ ...user, name: "Bea", avatarUrl });
      expect(await store.changeProfile(user.id, { avatarUrl: null })).toBe(true);
      expect(await store.findById(user.id)).toEqual({ ...user, name: "Bea" });
      expect(await store.changeProfile(randomUUID(), { name: "Bea" })).toBe(false);
      expect(await store.changeProfile("no uuid", { name: "Bea" })).toBe(false);
    });

    it("ADMIN-4 an account is disabled from the first time on, until it is enabled", async () => {
      const user = newUser();
      await store.create(user);
      expect(await store.disable(user.id, now)).toBe("done");
      expect(await store.disable(user.id, now + 1)).toBe("done");
      expect(await store.findById(user.id)).toEqual({ ...user, disabledAt: now });
      expect(await store.enable(user.id)).toBe(true);
      expect(await store.findById(user.id)).toEqual(user);
      expect(await store.disable(randomUUID(), now)).toBe("gone");
      expect(await store.disable("no uuid", now)).toBe("gone");
      expect(await store.enable(randomUUID())).toBe(false);
      expect(await store.enable("no uuid")).toBe(false);
    });

    it("ADMIN-8 one administrator whose account can be used is left, also of two who go at once", async () => {
      for (const { id } of await store.administrators()) await store.setRole(id, "USER");
      const [ada, bob] = [newUser(), newUser()];
      for (const user of [ada, bob]) {
        await store.create(user);
        await store.setRole(user.id, "ADMIN");
      }
      const outcomes = await Promise.all([
        store.disable(ada.id, now),
        store.withdrawAdministration(bob.id),
      ]);
      expect(outcomes.toSorted()).toEqual(["done", "lastAdministrator"]);
      const left = outcomes[0] === "done" ? bob : ada;
      expect(await store.disable(left.id, now)).toBe("lastAdministrator");
      expect(await store.withdrawAdministration(left.id)).toBe("lastAdministrator");
      expect(await store.roleOf(left.id)).toBe("ADMIN");
      expect((await store.findById(left.id))?.disabledAt).toBe(null);
      await store.setRole(left.id, "USER");
    });

    it("STO-23 who is removed is gone, with identities, and frees the address", async () => {
      const user = newUser();
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      await store.createWithIdentity(user, identity, now);
      expect(await store.remove(user.id, Date.now())).toBe(true);
      expect(await store.findById(user.id)).toBeUndefined();
      expect(await store.findByIdentity(identity)).toBeUndefined();
      expect(await store.remove(user.id, Date.now())).toBe(false);
      expect(await store.remove("no uuid", Date.now())).toBe(false);
      expect(await store.create(newUser({ email: user.email }))).toEqual({ kind: "created" });
    });

    it("AUTH-19 an erased identity makes no account by what was said before, and one by what is said later", async () => {
      const identity = { issuer: "https://id.example.org", subject: randomUUID() };
      const user = newUser();
      await store.createWithIdentity(user, identity, now - 1_000);
      await store.remove(user.id, now);
      for (const vouchedAt of [now - 1_000, now]) {
        const again = newUser();
        const erased = await store.createWithIdentity(again, identity, vouchedAt);
        expect(erased).toEqual({ kind: "identityErased" });
        expect(await store.findById(again.id)).toBeUndefined();
      }
      const other = { ...identity, subject: randomUUID() };
      const created = { kind: "created" };
      expect(await store.createWithIdentity(newUser(), other, now - 1_000)).toEqual(created);
      const second = newUser();
      expect(await store.createWithIdentity(second, identity, now + 1)).toEqual(created);
      await store.remove(second.id, now + 2);
      const outdated = await store.createWithIdentity(newUser(), identity, now + 1);
      expect(outdated).toEqual({ kind: "identityErased" });
    });
  });
}
