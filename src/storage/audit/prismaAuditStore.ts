/** The audit log on PostgreSQL, through Prisma. */
import type { TeamRole } from "../../domain/access/grant.js";
import type {
  AuditActorKind,
  AuditDetails,
  AuditEntry,
  AuditResult,
} from "../../domain/audit/auditEntry.js";
import {
  announce,
  makePartitions,
  readAuditedVersions,
  readEditedTemplates,
  readEditsSince,
  readWriters,
  removeWriter,
  write,
} from "./auditStatements.js";
import type { AuditBatch, AuditQuery, AuditStore } from "./auditStore.js";
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { onDatabase } from "../postgres/statement.js";
import { isUuid } from "../postgres/uuid.js";

/** The store on an open client or transaction; it stays the caller's to close. */
export class PrismaAuditStore implements AuditStore {
  constructor(private readonly prisma: PrismaClient | Prisma.TransactionClient) {}

  announce(nodeId: string, entry: AuditEntry) {
    return onDatabase(() => announce(this.prisma, nodeId, entry));
  }

  write(batch: AuditBatch): Promise<void> {
    return onDatabase(() => write(this.prisma, batch));
  }

  async list(query: AuditQuery): Promise<AuditEntry[]> {
    const { from, to, actorId, templateId, teamId, order, after, limit } = query;
    if ([actorId, templateId, teamId].some((id) => id != null && !isUuid(id))) return [];
    const newestFirst = order === "newestFirst";
    const follows = after && {
      at: { [newestFirst ? "lte" : "gte"]: new Date(after.at) },
      OR: [
        { at: { [newestFirst ? "lt" : "gt"]: new Date(after.at) } },
        { id: { [newestFirst ? "lt" : "gt"]: after.id } },
      ],
    };
    const rows = await onDatabase(() =>
      this.prisma.auditEntry.findMany({
        where: {
          // The range stands by itself, so that other months' partitions are not looked at.
          AND: [{ at: { gte: new Date(from), lt: new Date(to) } }, follows ?? {}],
          ...(actorId !== undefined && { actorId }),
          ...(templateId !== undefined && { templateId }),
          ...(teamId !== undefined && { teamId }),
          ...(query.action !== undefined && { action: query.action }),
          ...(query.result !== undefined && { result: query.result }),
        },
        orderBy: newestFirst ? [{ at: "desc" }, { id: "desc" }] : [{ at: "asc" }, { id: "asc" }],
        take: limit,
      }),
    );
    return rows.map((row) => ({
      ...row,
      at: row.at.getTime(),
      actorKind: row.actorKind as AuditActorKind,
      result: row.result as AuditResult,
      resourceIds: row.resourceIds as { [name: string]: string },
      details: row.details as AuditDetails,
    }));
  }

  async teamRoleOf(teamId: string, userId: string): Promise<TeamRole | undefined> {
    if (!isUuid(teamId) || !isUuid(userId)) return undefined;
    const team = await onDatabase(() =>
      this.prisma.team.findUnique({
        where: { id: teamId },
        select: { ownerId: true, members: { where: { userId }, select: { role: true } } },
      }),
    );
    return team?.ownerId === userId ? "OWNER" : team?.members[0]?.role;
  }

  async isPersonal(templateId: string, authorId: string): Promise<boolean> {
    if (!isUuid(templateId) || !isUuid(authorId)) return false;
    const template = await onDatabase(() =>
      this.prisma.template.findUnique({
        where: { id: templateId },
        select: { authorId: true, teamId: true, project: { select: { teamId: true } } },
      }),
    );
    if (template?.authorId !== authorId) return false;
    return template.teamId === null && (template.project?.teamId ?? null) === null;
  }

  makePartitions(monthsAhead: number) {
    return onDatabase(() => makePartitions(this.prisma, monthsAhead));
  }

  writers(silentMs: number) {
    return onDatabase(() => readWriters(this.prisma, silentMs));
  }

  endWriter(nodeId: string): Promise<void> {
    return onDatabase(() => removeWriter(this.prisma, nodeId));
  }

  templatesEditedSince(at: number) {
    return onDatabase(() => readEditedTemplates(this.prisma, at));
  }

  editsSince(templateId: string, at: number) {
    return onDatabase(() => readEditsSince(this.prisma, templateId, at));
  }

  async serviceAccountsAmong(userIds: readonly string[]): Promise<ReadonlySet<string>> {
    const ids = [...new Set(userIds)];
    const where = { id: { in: ids }, kind: "SERVICE" as const };
    const rows = await onDatabase(() => this.prisma.user.findMany({ where, select: { id: true } }));
    return new Set(rows.map(({ id }) => id));
  }

  auditedVersionsSince(templateId: string, at: number) {
    return onDatabase(() => readAuditedVersions(this.prisma, templateId, at));
  }
}
