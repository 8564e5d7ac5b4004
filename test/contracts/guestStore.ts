/** What every store of guests' sessions and of uses of share links keeps, whichever adapter. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type {
  GuestBounds,
  GuestKnows,
  GuestStore,
  NewGuestSession,
} from "../../src/storage/guests/guestStore.js";
import type { GuestKey, PermissionStore } from "../../src/storage/access/permissionStore.js";
import type { NewShareLink, ShareLinkStore } from "../../src/storage/access/shareLinkStore.js";
import { LINK_USERS_MAX } from "../../src/storage/access/shareLinkUses.js";
import type { DetailsChange, TemplateHead } from "../../src/storage/templates/templateStore.js";

export interface GuestStoreUnderTest {
  readonly guests: GuestStore;
  readonly shareLinks: ShareLinkStore;
  readonly permissions: PermissionStore;
  newUser(): Promise<string>;
  newTemplate(authorId: string): Promise<string>;
  describe(templateId: string, change: DetailsChange): Promise<void>;
  setDeleted(templateId: string, deletedAt: number | null): Promise<void>;
  head(templateId: string): Promise<TemplateHead>;
  close(): Promise<void>;
}

const wide: GuestBounds = {
  ...{ guestSessionsPerLinkMax: 100, guestSessionsMax: 1_000_000 },
  ...{ addressGuestSessionsPerLinkMax: 100, addressGuestSessionsMax: 1_000_000 },
};
const HOME = "aa".repeat(32);
const HOUR_MS = 3_600_000;

export function describeGuestStore(name: string, open: () => Promise<GuestStoreUnderTest>): void {
  describe(`${name}: guests`, () => {
    let under: GuestStoreUnderTest;
    let ada: string;
    let templateId: string;

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      ada = await under.newUser();
      templateId = await under.newTemplate(ada);
    });

    const now = Date.now();
    async function newLink(change: Partial<NewShareLink> = {}): Promise<NewShareLink> {
      const link: NewShareLink = {
        ...{ id: randomUUID(), role: "EDIT", createdById: ada, createdAt: now, expiresAt: null },
        tokenHash: randomUUID().replaceAll("-", "").padEnd(64, "0"),
        openToGuests: true,
        ...change,
      };
      expect(await under.shareLinks.add(await under.head(templateId), link, 100)).toBe("added");
      return link;
    }
    const openBy = (by: GuestKnows, bounds = wide, openedAt = now) =>
      under.guests.open(newSession({ openedAt }), by, bounds);
    const newSession = ({ openedAt = now, originHash = HOME } = {}): NewGuestSession => ({
      ...{ id: randomUUID(), originHash, openedAt, expiresAt: openedAt + HOUR_MS },
    });
    const roleOf = async (key: Partial<GuestKey>) => {
      const asked = { templateId, shareLinkId: null, ...key };
      return (await under.permissions.readGuestGrants([asked]))[0]?.grant.role;
    };

    it("GUEST-1 a link lets guests in where it is open to them, until it is over or revoked", async () => {
      const link = await newLink();
      const { id: shareLinkId } = link;
      expect(await openBy(link)).toEqual({ kind: "opened", templateId, shareLinkId });
      expect(await roleOf({ shareLinkId })).toBe("VIEW");
      expect(await roleOf({ shareLinkId, templateId: await under.newTemplate(ada) })).toBeNull();
      for (const change of [{ openToGuests: false }, { expiresAt: now - 1 }]) {
        const other = await newLink(change);
        expect(await openBy(other)).toBeUndefined();
        expect(await roleOf({ shareLinkId: other.id })).toBeNull();
      }
      await under.setDeleted(templateId, now);
      expect(await openBy(link)).toBeUndefined();
      await under.setDeleted(templateId, null);
      const { accessRevision } = await under.head(templateId);
      await under.shareLinks.revoke(templateId, shareLinkId);
      expect((await under.head(templateId)).accessRevision).toBeGreaterThan(accessRevision);
      expect(await openBy(link)).toBeUndefined();
      expect(await roleOf({ shareLinkId })).toBeNull();
      expect(await openBy({ tokenHash: "0".repeat(64) })).toBeUndefined();
    });

    it("GUEST-2 a template lets guests in where it is public and open to them", async () => {
      const by = { templateId };
      expect(await openBy(by)).toBeUndefined();
      await under.describe(templateId, { isPublic: true });
      expect(await openBy(by)).toBeUndefined();
      expect(await roleOf({})).toBeNull();
      const { accessRevision } = await under.head(templateId);
      await under.describe(templateId, { openToGuests: true });
      expect((await under.head(templateId)).accessRevision).toBe(accessRevision + 1);
      expect(await openBy(by)).toEqual({ kind: "opened", templateId, shareLinkId: null });
      expect(await roleOf({})).toBe("VIEW");
      await under.describe(templateId, { openToGuests: true });
      expect((await under.head(templateId)).accessRevision).toBe(accessRevision + 1);
      await under.describe(templateId, { isPublic: false });
      expect(await openBy(by)).toBeUndefined();
      for (const id of [randomUUID(), "no id"]) {
        expect(await openBy({ templateId: id })).toBeUndefined();
      }
    });

    it("GUEST-6 sessions are counted until they run out or their link goes, within both bounds", async () => {
      const link = await newLink();
      const two = { ...wide, guestSessionsPerLinkMax: 2 };
      const opened = await Promise.all(
        Array.from({ length: 5 }, async () => (await openBy(link, two))?.kind),
      );
      expect(opened.filter((kind) => kind === "opened")).toHaveLength(2);
      expect(opened.filter((kind) => kind === "full")).toHaveLength(3);
      expect(await under.guests.countByLink(templateId, now)).toEqual(new Map([[link.id, 2]]));
      const other = await newLink();
      expect(await openBy(other, two)).toMatchObject({ kind: "opened" });
      expect(await openBy(other, { ...wide, guestSessionsMax: 1 })).toEqual({ kind: "full" });
      expect((await under.guests.countByTemplate([templateId], now)).get(templateId)).toBe(3);
      expect(await openBy(link, two, now + HOUR_MS)).toMatchObject({ kind: "opened" });
      expect(await under.guests.countByLink(templateId, now + HOUR_MS)).toEqual(
        new Map([[link.id, 1]]),
      );
      await under.shareLinks.revoke(templateId, link.id);
      expect(await under.guests.countByTemplate([templateId], now + HOUR_MS)).toEqual(new Map());
      await openBy(await newLink());
      expect(await under.guests.dropExpired(now + HOUR_MS)).toBeGreaterThan(0);
      expect(await under.guests.dropExpired(now + HOUR_MS)).toBe(0);
    });

    it("GUEST-9 of the sessions of a link and of all an address has a share alone", async () => {
      const [link, other] = [await newLink(), await newLink()];
      const from = (originHash: string, by: GuestKnows, bounds: GuestBounds) =>
        under.guests.open(newSession({ originHash }), by, bounds);
      const [here, there] = [randomUUID(), randomUUID()].map((id) => id.replaceAll("-", ""));
      const two = { ...wide, addressGuestSessionsPerLinkMax: 2 };
      const opened = await Promise.all(
        Array.from({ length: 5 }, async () => (await from(here!, link, two))?.kind),
      );
      expect(opened.filter((kind) => kind === "opened")).toHaveLength(2);
      expect(await from(there!, link, two)).toMatchObject({ kind: "opened" });
      expect(await from(here!, other, two)).toMatchObject({ kind: "opened" });
      const three = { ...wide, addressGuestSessionsMax: 3 };
      expect(await from(here!, other, three)).toEqual({ kind: "full" });
      expect(await from(there!, other, three)).toMatchObject({ kind: "opened" });
    });

    it("GUEST-10 a session that renews another takes its place, once", async () => {
      const [link, other] = [await newLink(), await newLink()];
      const one = { ...wide, guestSessionsPerLinkMax: 1 };
      const first = newSession();
      await under.guests.open(first, link, one);
      const renewing = newSession();
      const beyond = newSession({ openedAt: now + HOUR_MS });
      expect(await under.guests.open(beyond, link, one, first.id)).toEqual({ kind: "notRunning" });
      expect(await under.guests.open(newSession(), other, one, first.id)).toEqual({
        kind: "notRunning",
      });
      expect(await under.guests.open(renewing, link, one, first.id)).toMatchObject({
        kind: "opened",
      });
      for (const id of [first.id, randomUUID(), "no id"]) {
        expect(await under.guests.open(newSession(), link, one, id)).toEqual({
          kind: "notRunning",
        });
      }
      expect(await under.guests.countByLink(templateId, now)).toEqual(new Map([[link.id, 1]]));
      const uses = await under.shareLinks.guestUses(templateId);
      expect(uses.get(link.id)).toMatchObject({ useCount: 1 });
    });

    it("TEAM-33 who used a link is known by person, and guests by their number", async () => {
      const link = await newLink();
      const of = { templateId, shareLinkId: link.id };
      const [bob, cyd] = [await under.newUser(), await under.newUser()];
      for (const userId of [bob, cyd, bob]) {
        await under.shareLinks.open(link.tokenHash, userId);
        await untilLater();
      }
      await openBy(link);
      await openBy(link);
      const uses = await under.shareLinks.uses({ ...of, limit: 9 });
      expect(uses.map(({ userId, useCount }) => [userId, useCount])).toEqual([
        [bob, 2],
        [cyd, 1],
      ]);
      const [first] = uses;
      expect(first!.firstUsedAt).toBeLessThanOrEqual(first!.lastUsedAt);
      expect(await under.shareLinks.uses({ ...of, after: first, limit: 9 })).toEqual([uses[1]]);
      expect(await under.shareLinks.uses({ ...of, limit: 1 })).toEqual([first]);
      const guests = await under.shareLinks.guestUses(templateId);
      expect(guests.get(link.id)).toMatchObject({ useCount: 2 });
      const elsewhere = { ...of, templateId: await under.newTemplate(ada), limit: 9 };
      expect(await under.shareLinks.uses(elsewhere)).toEqual([]);
      expect(await under.shareLinks.dropUses(first!.firstUsedAt - HOUR_MS)).toBe(0);
      expect(await under.shareLinks.dropUses(Date.now() + HOUR_MS)).toBeGreaterThanOrEqual(3);
      expect(await under.shareLinks.uses({ ...of, limit: 9 })).toEqual([]);
    });

    it("TEAM-33 of too many people those who used a link last are known", async () => {
      const link = await newLink();
      const people: string[] = [];
      for (let count = 0; count < LINK_USERS_MAX + 2; count += 1)
        people.push(await under.newUser());
      for (const [index, userId] of people.entries()) {
        await under.shareLinks.open(link.tokenHash, userId);
        if (index < 2) await untilLater();
      }
      const of = { templateId, shareLinkId: link.id };
      const uses = await under.shareLinks.uses({ ...of, limit: 2_000 });
      expect(uses).toHaveLength(LINK_USERS_MAX);
      expect(uses.map(({ userId }) => userId)).not.toContain(people[0]);
    });
  });
}

/** Uses are ordered by time, in milliseconds. */
function untilLater(): Promise<unknown> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}
