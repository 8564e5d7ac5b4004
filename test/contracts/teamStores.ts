/** What every store of teams, projects and share links keeps, whichever adapter; they work on one set of rows. */
import { createHash, randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { TeamServices } from "../../src/commands/teams/teamServices.js";
import type { AccessRole } from "../../src/domain/access/grant.js";
import type { TemplateRevision } from "../../src/storage/teams/projectStore.js";
import { defaultQuotas } from "../../src/domain/quotas.js";
import { newTemplate } from "./storedOperations.js";
import type {
  ChangeOutcome,
  NewInvitation,
  TeamChange,
} from "../../src/storage/teams/teamStore.js";

export interface TeamStoresUnderTest extends Pick<
  TeamServices,
  "teams" | "projects" | "shareLinks"
> {
  /** The account counts as having proven its address. */
  proveEmail(userId: string, email: string): Promise<unknown>;
  newUser(): Promise<{ readonly id: string; readonly email: string }>;
  /** A private template. */
  newTemplate(authorId: string): Promise<string>;
  /** The template's revision, and its author. */
  head(templateId: string): Promise<TemplateRevision & { readonly authorId: string | null }>;
  /** What the person was granted on the template. */
  roleOf(templateId: string, userId: string): Promise<AccessRole | null>;
  close(): Promise<void>;
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const DAY_MS = 86_400_000;
const everything = () => undefined;

export function describeTeamStores(name: string, open: () => Promise<TeamStoresUnderTest>): void {
  describe(`${name}: teams`, () => {
    let under: TeamStoresUnderTest;
    let ada: { readonly id: string; readonly email: string };
    let bob: typeof ada;
    let cyd: typeof ada;
    let teamId: string;
    let templateId: string;

    beforeAll(async () => {
      under = await open();
    });
    afterAll(() => under.close());
    beforeEach(async () => {
      [ada, bob, cyd] = [await under.newUser(), await under.newUser(), await under.newUser()];
      teamId = await newTeam(ada.id);
      templateId = await under.newTemplate(ada.id);
    });

    async function newTeam(ownerId: string): Promise<string> {
      const id = randomUUID();
      const team = { id, name: "Team", ownerId, createdAt: Date.now() };
      expect(await under.teams.create(team, 10)).toBe("created");
      return id;
    }

    async function newProject(ownerId: string, inTeam: string | null = null): Promise<string> {
      const id = randomUUID();
      const project = { id, name: "Project", teamId: inTeam, ownerId, createdAt: Date.now() };
      expect(await under.projects.create(project, 10, everything)).toBe("created");
      return id;
    }

    const change = (done: TeamChange, id = teamId) =>
      under.teams.change(id, { userIds: [] }, () => done);

    function invitationTo(email: string, more: Partial<NewInvitation> = {}): NewInvitation {
      const createdAt = Date.now();
      return {
        ...{ id: randomUUID(), email, role: "MEMBER", tokenHash: hashOf(randomUUID()) },
        ...{ invitedById: ada.id, createdAt, expiresAt: createdAt + DAY_MS },
        ...more,
      } as NewInvitation;
    }

    async function join(userId: string, role: "ADMIN" | "MEMBER" = "MEMBER"): Promise<void> {
      const invitation = invitationTo(`${randomUUID()}@example.org`, { role });
      await change({ kind: "invite", invitation, openMax: 100 });
      const { tokenHash } = invitation;
      const key = { userId, by: { tokenHash }, now: invitation.createdAt };
      expect(await under.teams.accept(key)).toMatchObject({ teamId });
    }

    async function rolesIn(id: string, userIds: readonly string[]) {
      let found: unknown = "gone";
      await under.teams.change(id, { userIds }, (team) => {
        found = [team.ownerId, ...userIds.map((userId) => team.members.get(userId))];
        return { kind: "nothing" };
      });
      return found;
    }

    async function place(at: { teamId?: string; projectId?: string }, id = templateId) {
      return under.projects.place(await under.head(id), at, ada.id, everything);
    }

    it("TEAM-2 what is the team's is its members' with the next revision, and not after they go", async () => {
      await place({ teamId });
      await join(bob.id);
      expect(await under.roleOf(templateId, bob.id)).toBe("EDIT");
      const { accessRevision } = await under.head(templateId);
      const raised = await change({ kind: "setRole", userId: bob.id, role: "ADMIN" });
      expect(raised).toEqual({ kind: "changed", templateIds: [templateId] });
      expect((await under.head(templateId)).accessRevision).toBeGreaterThan(accessRevision);
      expect(await under.roleOf(templateId, bob.id)).toBe("ADMIN");
      const removed = await change({ kind: "remove", userId: bob.id });
      expect(removed).toEqual({ kind: "changed", templateIds: [templateId] });
      expect(await under.roleOf(templateId, bob.id)).toBeNull();
      expect(await change({ kind: "remove", userId: bob.id })).toEqual({ kind: "missing" });
    });

    it("TEAM-2 who gives the team away is ADMIN, who gets it owns it", async () => {
      await join(bob.id);
      await change({ kind: "giveTo", userId: bob.id });
      expect(await rolesIn(teamId, [ada.id, bob.id])).toEqual([bob.id, "ADMIN", undefined]);
      expect(await change({ kind: "giveTo", userId: cyd.id })).toEqual({ kind: "missing" });
    });

    it("TEAM-22 a new template is at its place from the first moment, or not there", async () => {
      await join(bob.id);
      const projectId = await newProject(ada.id, teamId);
      for (const at of [{ teamId }, { projectId }]) {
        const template = newTemplate(ada.id);
        const make = (reason?: string) =>
          under.projects.createTemplate(template, at, (found) => {
            const team = found?.kind === "project" ? found.project.team : found?.team;
            expect(team?.ownerId).toBe(ada.id);
            return reason;
          });
        expect(await make("no")).toEqual({ kind: "refused", reason: "no" });
        expect(await make()).toBe("created");
        expect(await under.roleOf(template.templateId, bob.id)).toBe("EDIT");
      }
      const nowhere = { projectId: randomUUID() };
      const found: unknown[] = [];
      await under.projects.createTemplate(newTemplate(ada.id), nowhere, (at) => {
        found.push(at);
        return "missing";
      });
      expect(found).toEqual([undefined]);
    });

    it("LIM-80 templates are made and moved into a team only where it has room for them", async () => {
      const projectId = await newProject(ada.id, teamId);
      const quotas = { ...defaultQuotas, templatesPerTeamMax: 3 };
      const make = (at: { teamId?: string; projectId?: string }) =>
        under.projects.createTemplate(newTemplate(ada.id), at, everything, quotas);
      const made = [];
      for (const at of [{ teamId }, { projectId }, { teamId }, { projectId }]) {
        made.push(await make(at));
      }
      const full = { kind: "quotaFull", holder: "team", what: "templates", max: 3 };
      expect(made).toEqual(["created", "created", "created", full]);
      const move = async () =>
        under.projects.place(await under.head(templateId), { teamId }, ada.id, everything, quotas);
      expect(await move()).toEqual(full);
      const head = await under.head(templateId);
      const ofBob = { ...defaultQuotas, templatesPerPersonMax: 0 };
      expect(await under.projects.give(head, bob.id, ofBob)).toMatchObject({ holder: "person" });
    });

    it("STO-40 teams and projects are made once under one id, also where there is no room for another", async () => {
      const createdAt = Date.now();
      const team = { id: randomUUID(), name: "Once", ownerId: cyd.id, createdAt };
      const makeTeam = () => under.teams.create(team, 1);
      expect(await Promise.all([makeTeam(), makeTeam()])).toEqual(["created", "created"]);
      expect(await under.teams.create({ ...team, id: randomUUID() }, 1)).toBe("full");
      const project = {
        id: randomUUID(),
        name: "Once",
        teamId: team.id,
        ownerId: cyd.id,
        createdAt,
      };
      const makeProject = () => under.projects.create(project, 1, everything);
      expect(await Promise.all([makeProject(), makeProject()])).toEqual(["created", "created"]);
      const other = { ...project, id: randomUUID() };
      expect(await under.projects.create(other, 1, everything)).toBe("full");
    });

    it("TEAM-3 changes are decided one after the other", async () => {
      await join(bob.id, "ADMIN");
      await join(cyd.id, "ADMIN");
      const remove = (byId: string, userId: string) =>
        under.teams.change(teamId, { userIds: [byId, userId] }, (team) =>
          team.members.get(byId) === "ADMIN"
            ? { kind: "remove", userId }
            : { kind: "refused", reason: "no admin" },
        );
      const outcomes: ChangeOutcome<string>[] = await Promise.all([
        remove(bob.id, cyd.id),
        remove(cyd.id, bob.id),
      ]);
      expect(outcomes.map(({ kind }) => kind).sort()).toEqual(["changed", "refused"]);
    });

    it("TEAM-4 who is removed is out of its projects, and what they owned is the team's", async () => {
      await join(bob.id);
      const theirs = await newProject(bob.id, teamId);
      const elsewhere = await newProject(bob.id);
      await place({ projectId: theirs });
      expect(await under.roleOf(templateId, bob.id)).toBe("ADMIN");
      await change({ kind: "remove", userId: bob.id });
      expect(await under.roleOf(templateId, bob.id)).toBeNull();
      await place({ projectId: elsewhere });
      expect(await under.roleOf(templateId, bob.id)).toBe("ADMIN");
    });

    it("TEAM-5 what is not there cannot be changed", async () => {
      for (const id of [randomUUID(), "no id"]) {
        expect(await change({ kind: "delete" }, id)).toEqual({ kind: "gone" });
        const gone = await under.projects.change(id, { userIds: [] }, () => ({ kind: "delete" }));
        expect(gone).toEqual({ kind: "gone" });
      }
    });

    it("TEAM-10 an invitation takes the place of another to the address, within a bound", async () => {
      const first = invitationTo(bob.email);
      const second = invitationTo(bob.email);
      await change({ kind: "invite", invitation: first, openMax: 1 });
      expect(await change({ kind: "invite", invitation: second, openMax: 1 })).toMatchObject({
        kind: "changed",
      });
      const other = invitationTo(cyd.email);
      expect(await change({ kind: "invite", invitation: other, openMax: 1 })).toEqual({
        kind: "full",
      });
      const key = { userId: bob.id, now: first.createdAt };
      expect(await under.teams.accept({ ...key, by: { id: first.id } })).toBeUndefined();
      expect(await under.teams.accept({ ...key, by: { id: second.id } })).toMatchObject({ teamId });
    });

    it("TEAM-10 whether an address is the proven one of somebody in the team is told", async () => {
      const dan = await under.newUser();
      for (const { id } of [bob, dan]) await join(id);
      for (const { id, email } of [ada, bob, cyd]) await under.proveEmail(id, email);
      const asked: boolean[] = [];
      for (const { email } of [ada, bob, cyd, dan]) {
        await under.teams.change(teamId, { userIds: [], email }, ({ hasEmail }) => {
          asked.push(hasEmail);
          return { kind: "nothing" };
        });
      }
      expect(asked).toEqual([true, true, false, false]);
    });

    it("TEAM-11 is accepted by one, again while in the team, never once they are out", async () => {
      await place({ teamId });
      const invitation = invitationTo(bob.email);
      await change({ kind: "invite", invitation, openMax: 10 });
      const { tokenHash, createdAt: now } = invitation;
      const by = { tokenHash };
      const accepted = await Promise.all([
        under.teams.accept({ userId: bob.id, by, now }),
        under.teams.accept({ userId: bob.id, by, now }),
      ]);
      expect(accepted).toMatchObject([{ teamId }, { teamId }]);
      const told = accepted.flatMap((outcome) => outcome?.templateIds ?? []);
      expect(told).toEqual([templateId]);
      expect(await under.teams.accept({ userId: cyd.id, by, now })).toBeUndefined();
      expect(await under.teams.decline({ userId: bob.id, by, now })).toBe(false);
      await change({ kind: "remove", userId: bob.id });
      expect(await under.teams.accept({ userId: bob.id, by, now })).toBeUndefined();
      expect(await rolesIn(teamId, [bob.id])).toEqual([ada.id, undefined]);
    });

    it("TEAM-11 whoever is in the team keeps the stronger role", async () => {
      await join(bob.id, "ADMIN");
      await join(bob.id, "MEMBER");
      await join(cyd.id, "MEMBER");
      await join(cyd.id, "ADMIN");
      await join(ada.id, "MEMBER");
      const roles = await rolesIn(teamId, [ada.id, bob.id, cyd.id]);
      expect(roles).toEqual([ada.id, undefined, "ADMIN", "ADMIN"]);
    });

    it("AUTH-51 one waits for its token and its address until it runs out or is accepted", async () => {
      const invitation = invitationTo(bob.email);
      const { tokenHash, createdAt: now, expiresAt } = invitation;
      await change({ kind: "invite", invitation, openMax: 100 });
      const waits = (at: number) =>
        Promise.all([
          under.teams.isInvited({ tokenHash }, at),
          under.teams.isInvited({ email: bob.email }, at),
          under.teams.isInvited({ email: cyd.email }, at),
        ]);
      expect(await waits(now)).toEqual([true, true, false]);
      expect(await waits(expiresAt)).toEqual([false, false, false]);
      await under.teams.accept({ userId: bob.id, by: { tokenHash }, now });
      expect(await waits(now)).toEqual([false, false, false]);
    });

    it("TEAM-13 one that ran out is removed with its address, others stay", async () => {
      const now = Date.now();
      const invite = async (email: string, expiresAt: number) => {
        const invitation = invitationTo(email, { createdAt: now, expiresAt });
        await change({ kind: "invite", invitation, openMax: 100 });
        return invitation;
      };
      await invite("over@example.org", now + 1_000);
      const kept = await invite(bob.email, now + DAY_MS);
      expect(await under.teams.dropExpiredInvitations(now + 1_000)).toBe(1);
      expect(await under.teams.dropExpiredInvitations(now + 1_000)).toBe(0);
      const { tokenHash } = kept;
      expect(await under.teams.accept({ userId: bob.id, by: { tokenHash }, now })).toBeDefined();
    });

    it("TEAM-12 is not there for others, run out, withdrawn or declined", async () => {
      const invitation = invitationTo(bob.email);
      const { id, tokenHash, createdAt, expiresAt } = invitation;
      await change({ kind: "invite", invitation, openMax: 10 });
      const byId = { userId: cyd.id, by: { id }, now: createdAt };
      expect(await under.teams.accept(byId)).toBeUndefined();
      expect(await under.teams.decline(byId)).toBe(false);
      expect(await under.teams.accept({ ...byId, by: { id: "no id" } })).toBeUndefined();
      const late = { userId: bob.id, by: { tokenHash }, now: expiresAt };
      expect(await under.teams.accept(late)).toBeUndefined();
      expect(await under.teams.decline({ ...late, now: createdAt })).toBe(true);
      expect(await under.teams.accept({ ...late, now: createdAt })).toBeUndefined();
      await change({ kind: "invite", invitation, openMax: 10 });
      await change({ kind: "withdraw", invitationId: id });
      expect(await under.teams.accept({ ...late, now: createdAt })).toBeUndefined();
      for (const invitationId of [id, "no id"]) {
        expect(await change({ kind: "withdraw", invitationId })).toEqual({ kind: "missing" });
      }
    });

    it("TEAM-20 a project's members may do there what it says, until they are out", async () => {
      const projectId = await newProject(ada.id);
      await place({ projectId });
      const about = { userIds: [bob.id] };
      const set = (role: AccessRole, userId = bob.id, membersMax = 1) =>
        under.projects.change(projectId, about, () => ({
          ...{ kind: "setMember", userId, role, joinedAt: Date.now(), membersMax },
        }));
      for (const role of ["COMMENT", "VIEW", "ADMIN"] as const) {
        expect(await set(role)).toEqual({ kind: "changed", templateIds: [templateId] });
        expect(await under.roleOf(templateId, bob.id)).toBe(role);
      }
      expect(await set("VIEW", randomUUID(), 5)).toEqual({ kind: "missing" });
      const remove = () =>
        under.projects.change(projectId, about, () => ({ kind: "remove", userId: bob.id }));
      expect(await remove()).toEqual({ kind: "changed", templateIds: [templateId] });
      expect(await under.roleOf(templateId, bob.id)).toBeNull();
      expect(await remove()).toEqual({ kind: "missing" });
    });

    it("TEAM-21 a project changes hands and teams", async () => {
      const projectId = await newProject(ada.id);
      await place({ projectId });
      await join(cyd.id);
      const about = { userIds: [bob.id] };
      const at = Date.now();
      await under.projects.change(projectId, about, () => ({
        ...{ kind: "giveTo", userId: bob.id, formerOwnerJoinedAt: at },
      }));
      expect(await under.roleOf(templateId, bob.id)).toBe("ADMIN");
      await under.projects.change(
        projectId,
        { ...about, teamId },
        ({ ownerId, members, target }) => {
          expect([ownerId, target?.ownerId, members.get(bob.id)]).toEqual([
            bob.id,
            ada.id,
            undefined,
          ]);
          return { kind: "moveTo", teamId, userId: ada.id };
        },
      );
      expect(await under.roleOf(templateId, cyd.id)).toBe("EDIT");
      expect(await under.roleOf(templateId, bob.id)).toBeNull();
    });

    it("TEAM-22 a place is asked about as it is, and another revision moves nothing", async () => {
      const projectId = await newProject(ada.id, teamId);
      const head = await under.head(templateId);
      const seen: unknown[] = [];
      for (const at of [
        { teamId },
        { projectId },
        { teamId: randomUUID() },
        { projectId: "no id" },
      ]) {
        const placed = await under.projects.place(head, at, ada.id, (found) => {
          seen.push(found?.kind);
          return "not there";
        });
        expect(placed).toEqual({ kind: "refused", reason: "not there" });
      }
      expect(seen).toEqual(["team", "project", undefined, undefined]);
      expect(await place({ projectId })).toBe("placed");
      expect(await under.projects.place(head, {}, ada.id, everything)).toBe("moved");
      expect(await under.projects.give(head, bob.id)).toBe("moved");
    });

    it("TEAM-23 a template is given away, and who had it administers it", async () => {
      expect(await under.projects.give(await under.head(templateId), randomUUID())).toBe(
        "noPerson",
      );
      expect(await under.projects.give(await under.head(templateId), bob.id)).toBe("given");
      expect((await under.head(templateId)).authorId).toBe(bob.id);
      expect(await under.roleOf(templateId, ada.id)).toBe("ADMIN");
    });

    it("TEAM-24 there are no more than may be", async () => {
      const created = { name: "N", ownerId: bob.id, createdAt: Date.now() };
      expect(await under.teams.create({ ...created, id: randomUUID() }, 1)).toBe("created");
      expect(await under.teams.create({ ...created, id: randomUUID() }, 1)).toBe("full");
      for (const inTeam of [null, teamId]) {
        const project = { ...created, teamId: inTeam };
        const create = () => under.projects.create({ ...project, id: randomUUID() }, 1, everything);
        expect([await create(), await create()]).toEqual(["created", "full"]);
      }
      const refused = await under.projects.create(
        { ...created, id: randomUUID(), teamId: randomUUID() },
        1,
        (team) => (team === null ? "no team" : undefined),
      );
      expect(refused).toEqual({ kind: "refused", reason: "no team" });
    });

    const linkOf = (expiresAt: number | null = null) => ({
      ...{ id: randomUUID(), role: "COMMENT" as const, tokenHash: hashOf(randomUUID()) },
      ...{ createdById: ada.id, createdAt: Date.now(), expiresAt, openToGuests: false },
    });

    it("TEAM-30 a link grants until it is revoked, within a bound", async () => {
      const link = linkOf();
      expect(await under.shareLinks.add(await under.head(templateId), link, 1)).toBe("added");
      expect(await under.shareLinks.add(await under.head(templateId), linkOf(), 1)).toBe("full");
      const outdated = { templateId, accessRevision: -1 };
      expect(await under.shareLinks.add(outdated, linkOf(), 9)).toBe("moved");
      expect(await under.shareLinks.open(link.tokenHash, bob.id)).toEqual({
        templateId,
        isNews: true,
      });
      expect(await under.roleOf(templateId, bob.id)).toBe("COMMENT");
      expect(await under.shareLinks.revoke(randomUUID(), link.id)).toBe(false);
      expect(await under.shareLinks.revoke(templateId, link.id)).toBe(true);
      expect(await under.shareLinks.revoke(templateId, link.id)).toBe(false);
      expect(await under.roleOf(templateId, bob.id)).toBeNull();
      expect(await under.shareLinks.open(link.tokenHash, bob.id)).toBeUndefined();
    });

    it("TEAM-31 opening twice is once, and nothing for its author", async () => {
      const link = linkOf(Date.now() + DAY_MS);
      await under.shareLinks.add(await under.head(templateId), link, 9);
      const opened = await Promise.all(
        [1, 2].map(() => under.shareLinks.open(link.tokenHash, bob.id)),
      );
      expect(opened.filter((outcome) => outcome?.isNews)).toHaveLength(1);
      expect(opened).not.toContain(undefined);
      const own = await under.shareLinks.open(link.tokenHash, ada.id);
      expect(own).toEqual({ templateId, isNews: false });
      const over = linkOf(Date.now() - 1);
      await under.shareLinks.add(await under.head(templateId), over, 9);
      expect(await under.shareLinks.open(over.tokenHash, bob.id)).toBeUndefined();
    });

    it("TEAM-32 links that have been over for a day are removed, others stay", async () => {
      const links = [linkOf(Date.now() - DAY_MS - 1_000), linkOf(Date.now() - 1_000), linkOf()];
      for (const link of links) await under.shareLinks.add(await under.head(templateId), link, 1);
      expect(await under.shareLinks.dropExpired()).toBe(1);
      expect(await under.shareLinks.dropExpired()).toBe(0);
      const revoked = links.map(({ id }) => under.shareLinks.revoke(templateId, id));
      expect(await Promise.all(revoked)).toEqual([false, true, true]);
    });

    it("TEAM-42 what was the team's or its project's is personal once that is gone", async () => {
      await join(bob.id);
      const [inProject, inOther] = [
        await under.newTemplate(ada.id),
        await under.newTemplate(ada.id),
      ];
      await place({ teamId });
      await place({ projectId: await newProject(ada.id, teamId) }, inProject);
      const other = await newProject(ada.id, teamId);
      await place({ projectId: other }, inOther);
      const gone = await under.projects.change(other, { userIds: [] }, () => ({ kind: "delete" }));
      expect(gone).toEqual({ kind: "changed", templateIds: [inOther] });
      expect(await under.roleOf(inOther, bob.id)).toBeNull();
      const deleted = await change({ kind: "delete" });
      expect(deleted.kind === "changed" && [...deleted.templateIds].sort()).toEqual(
        [templateId, inProject].sort(),
      );
      for (const id of [templateId, inProject]) {
        expect(await under.roleOf(id, bob.id)).toBeNull();
        expect((await under.head(id)).authorId).toBe(ada.id);
      }
    });
  });
}
