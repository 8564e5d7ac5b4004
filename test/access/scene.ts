/** People in every relation to one template that there is, and what each may do as SPEC says it. */
import { randomUUID } from "node:crypto";
import type { Action } from "../../src/domain/access/access.js";
import type { AccessRole } from "../../src/domain/access/grant.js";
import { startApi, type Api, type Client } from "../schema/api.js";

export type Standing = "hidden" | AccessRole | "PART" | "AUTHOR";

export interface Person {
  readonly name: string;
  readonly client: Client;
  readonly standing: Standing;
}

export interface SharedTemplate {
  readonly id: string;
  readonly projectId: string | null;
  readonly people: readonly Person[];
}

export interface Scene {
  readonly api: Api;
  /** Of nobody in the scene but its author. */
  readonly foreign: string;
  /** By a name: a template, and the people with what they are to it. */
  readonly templates: Readonly<Record<string, SharedTemplate>>;
  readonly stranger: Client;
}

const now = new Date();

/** Which actions each standing has, written down once more by hand. */
const byStanding: Readonly<Record<Standing, readonly Action[]>> = {
  hidden: [],
  VIEW: ["view", "duplicate"],
  COMMENT: ["view", "duplicate", "comment"],
  PART: ["view", "duplicate", "comment", "edit", "audit"],
  EDIT: ["view", "duplicate", "comment", "edit", "describe", "audit"],
  ADMIN: ["view", "duplicate", "comment", "edit", "describe", "govern", "audit", "share", "delete"],
  AUTHOR: [
    ...(["view", "duplicate", "comment", "edit", "describe", "govern", "audit"] as const),
    ...(["share", "delete", "transfer"] as const),
  ],
};

/** How a request must be answered. */
export function expected(standing: Standing, action: Action, inBin = false) {
  if (inBin) {
    const administers = standing === "ADMIN" || standing === "AUTHOR";
    return administers && action === "delete" ? "allowed" : "hidden";
  }
  if (standing === "hidden") return "hidden";
  return byStanding[standing].includes(action) ? "allowed" : "forbidden";
}

export async function openScene(): Promise<Scene> {
  const api = await startApi();
  const ada = await api.signUp("Ada");
  const stranger = await api.signUp("Stranger");
  const person = async (name: string, standing: Standing): Promise<Person> => ({
    ...{ name, standing, client: await api.signUp(name.replaceAll(" ", "")) },
  });
  const outsiders: Person[] = [
    { name: "author", standing: "AUTHOR", client: ada },
    { name: "stranger", standing: "hidden", client: stranger },
    { name: "anonymous", standing: "hidden", client: api.anonymous },
  ];
  const shared = await permitted(api, ada, person);
  const ofTeam = await placed(api, ada, person);
  const id = await ada.createTemplate({ name: "public", isPublic: true });
  const onPublic = outsiders.map((one) =>
    one.name === "stranger" ? { ...one, standing: "VIEW" as const } : one,
  );
  return {
    ...{ api, stranger, foreign: await ada.createTemplate({ name: "foreign" }) },
    templates: {
      shared: { ...shared, people: [...outsiders, ...shared.people] },
      "in a team's project": { ...ofTeam, people: [...outsiders, ...ofTeam.people] },
      public: { id, projectId: null, people: onPublic },
    },
  };
}

type NewPerson = (name: string, standing: Standing) => Promise<Person>;

/** Shared by permissions of each kind, to people and a team, and by links. */
async function permitted(api: Api, ada: Client, person: NewPerson) {
  const { prisma } = api;
  const id = await ada.createTemplate({ name: "shared" });
  const people: Person[] = [];
  const grant = async (held: object, role: AccessRole) => {
    const data = { templateId: id, id: randomUUID(), role, templateCreatedAt: now, ...held };
    await prisma.templatePermission.create({ data });
  };
  for (const role of ["VIEW", "COMMENT", "EDIT", "ADMIN"] as const) {
    const one = await person(role, role);
    people.push(one);
    await grant({ userId: one.client.id }, role);
  }
  const part = await person("part", "PART");
  await grant({ userId: part.client.id, elementTypes: ["text"] }, "EDIT");
  const inTeam = await person("in a permitted team", "COMMENT");
  const team = { id: randomUUID(), name: "T", ownerId: inTeam.client.id, createdAt: now };
  await prisma.team.create({ data: team });
  await grant({ teamId: team.id }, "COMMENT");
  const linked = await person("linked", "EDIT");
  const late = await person("linked too late", "hidden");
  for (const [{ client }, expiresAt] of [
    [linked, null],
    [late, new Date(now.getTime() - 1)],
  ] as const) {
    const link = { templateId: id, id: randomUUID(), role: "EDIT", createdAt: now } as const;
    await prisma.shareLink.create({
      data: { ...link, tokenHash: Buffer.from(link.id), expiresAt },
    });
    await grant({ userId: client.id, shareLinkId: link.id }, "EDIT");
  }
  return { id, projectId: null, people: [...people, part, inTeam, linked, late] };
}

/** In a project of a team, with members of both. */
async function placed(api: Api, ada: Client, person: NewPerson) {
  const { prisma } = api;
  const id = await ada.createTemplate({ name: "placed" });
  const [owner, admin, member] = [
    await person("team owner", "ADMIN"),
    await person("team admin", "ADMIN"),
    await person("team member", "EDIT"),
  ];
  const team = { id: randomUUID(), name: "T", ownerId: owner.client.id, createdAt: now };
  await prisma.team.create({ data: team });
  for (const [{ client }, role] of [
    [admin, "ADMIN"],
    [member, "MEMBER"],
  ] as const) {
    const data = { teamId: team.id, userId: client.id, role, joinedAt: now };
    await prisma.teamMember.create({ data });
  }
  const lead = await person("project owner", "ADMIN");
  const project = { id: randomUUID(), teamId: team.id, ownerId: lead.client.id, name: "P" };
  await prisma.project.create({ data: { ...project, createdAt: now } });
  const people = [owner, admin, member, lead];
  for (const role of ["VIEW", "COMMENT", "EDIT", "ADMIN"] as const) {
    const one = await person(`project ${role}`, role);
    const data = { projectId: project.id, userId: one.client.id, role, joinedAt: now };
    await prisma.projectMember.create({ data });
    people.push(one);
  }
  await prisma.template.update({ where: { id }, data: { projectId: project.id } });
  return { id, projectId: project.id, people };
}
