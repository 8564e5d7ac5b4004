/** Templates and snapshots that are stored only where those against whom they count have room. */
import { exceeded, type HoldersUse, type QuotaFull, type Quotas } from "../../domain/quotas.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import type { Place } from "../teams/projectStore.js";
import {
  lockedExceeded,
  lockQuota,
  readHolders,
  readPersonUse,
  readTeamUse,
  readUseElsewhere,
} from "./quotaStatements.js";
import {
  findSnapshot,
  insertSnapshot,
  type WrittenSnapshot,
} from "../history/snapshotStatements.js";
import { transactionInTurn, type TurnKey } from "../postgres/transactionTurns.js";
import { insertTemplate, type WrittenTemplate } from "../templates/stateStatements.js";
import { teamOfProject } from "../teams/teamStatements.js";
import type { SnapshotStored } from "../templates/templateStore.js";

type Transaction = Prisma.TransactionClient;

/** Of what is added to what a person or a team stores. */
export const quotaTurn = (holderId: string): TurnKey => `quota ${holderId}`;

/** Makes a personal template. */
export async function createWithin(
  prisma: PrismaClient,
  written: WrittenTemplate,
  quotas: Quotas | undefined,
): Promise<"stored" | QuotaFull> {
  if (quotas !== undefined) {
    const keys = [quotaTurn(written.template.authorId)];
    return transactionInTurn(prisma, keys, (transaction) =>
      createAt(transaction, written, {}, quotas),
    );
  }
  await insertTemplate(prisma, written);
  return "stored";
}

/** Makes a template at a place that is locked. */
export async function createAt(
  transaction: Transaction,
  written: WrittenTemplate,
  place: Place,
  quotas: Quotas | undefined,
): Promise<"stored" | QuotaFull> {
  const full = quotas && (await withoutRoom(transaction, written, place, quotas));
  if (full !== undefined) return full;
  await insertTemplate(transaction, written, place);
  return "stored";
}

async function withoutRoom(
  transaction: Transaction,
  { template: { templateId, authorId }, document }: WrittenTemplate,
  place: Place,
  quotas: Quotas,
): Promise<QuotaFull | undefined> {
  const holders = { person: authorId, team: await teamOf(transaction, place) };
  const full = await lockedExceeded(transaction, quotas, holders, {
    templates: 1,
    bytes: document.bytes,
  });
  // An earlier try of the same request made it, and what it takes is counted.
  const isThere = full && (await transaction.template.count({ where: { id: templateId } })) > 0;
  return isThere ? undefined : full;
}

/** The team that what is at the place counts against. */
export async function teamOf(
  transaction: Transaction,
  { teamId, projectId }: Place,
): Promise<string | null> {
  if (projectId === undefined) return teamId ?? null;
  return (await teamOfProject(transaction, projectId)) ?? null;
}

/** Keeps a snapshot; with quotas it counts as a named version. */
export async function addSnapshotWithin(
  prisma: PrismaClient,
  written: WrittenSnapshot,
  quotas: Quotas | undefined,
): Promise<SnapshotStored | QuotaFull> {
  if (quotas === undefined) return insertSnapshot(prisma, written);
  const keys = [`versions ${written.snapshot.templateId}` as const];
  return transactionInTurn(prisma, keys, async (transaction) => {
    const full = await withoutRoomForVersion(transaction, written, quotas);
    return full ?? insertSnapshot(transaction, written);
  });
}

async function withoutRoomForVersion(
  transaction: Transaction,
  { snapshot, document }: WrittenSnapshot,
  quotas: Quotas,
): Promise<QuotaFull | undefined> {
  const { templateId } = snapshot;
  await lockQuota(transaction, "template", templateId);
  if ((await findSnapshot(transaction, snapshot)) !== undefined) return undefined;
  const where = { templateId, kind: "MANUAL" } as const;
  const max = quotas.namedVersionsPerTemplateMax;
  if ((await transaction.templateSnapshot.count({ where })) >= max) {
    return { kind: "quotaFull", holder: "template", what: "namedVersions", max };
  }
  const holders = await readHolders(transaction, templateId);
  const added = { templates: 0, bytes: document.bytes };
  return holders && lockedExceeded(transaction, quotas, holders, added);
}

/** The team's quota where it has no room for these templates, which come to it; those that are there count once. */
export async function withoutRoomInTeam(
  transaction: Transaction,
  teamId: string,
  templateIds: readonly string[],
  quotas: Quotas,
): Promise<QuotaFull | undefined> {
  await lockQuota(transaction, "team", teamId);
  const added = await readUseElsewhere(transaction, templateIds, teamId);
  return exceeded(quotas, "team", await readTeamUse(transaction, teamId), added);
}

/** The same for a template that gets another author. */
export async function withoutRoomOfPerson(
  transaction: Transaction,
  userId: string,
  templateId: string,
  quotas: Quotas,
): Promise<QuotaFull | undefined> {
  const added = await readUseElsewhere(transaction, [templateId]);
  return lockedExceeded(transaction, quotas, { person: userId, team: null }, added);
}

export async function readUseOfHolders(
  prisma: PrismaClient,
  templateId: string,
): Promise<HoldersUse | undefined> {
  const holders = await readHolders(prisma, templateId);
  if (holders === undefined) return undefined;
  const { person, team } = holders;
  return {
    person: person === null ? null : await readPersonUse(prisma, person),
    team: team === null ? null : await readTeamUse(prisma, team),
  };
}
