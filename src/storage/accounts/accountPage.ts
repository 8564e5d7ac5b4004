/** The accounts of the deployment in pages, the newest first, as administrators list and search them. */
import type { Prisma, PrismaClient } from "../generated/prisma/client.js";
import { onDatabase } from "../postgres/statement.js";
import type { UserKind } from "./userStore.js";
import { isUuid } from "../postgres/uuid.js";

export interface AccountPageQuery {
  /** Text to be found in name or address, in upper or lower case, or an id. */
  readonly search?: string;
  readonly role?: "USER" | "ADMIN";
  readonly kind?: UserKind;
  readonly isDisabled?: boolean;
  /** Only what follows in the order of the list. */
  readonly after?: { readonly at: Date; readonly id: string } | undefined;
  readonly limit: number;
}

/** An account as administrators see it, without what proves who its person is. */
export interface AccountRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly isEmailProven: boolean;
  readonly role: "USER" | "ADMIN";
  readonly kind: UserKind;
  readonly serviceTeamId: string | null;
  readonly createdAt: Date;
  readonly disabledAt: Date | null;
  readonly hasPassword: boolean;
}

const select = {
  ...{ id: true, name: true, email: true, isEmailProven: true, role: true, kind: true },
  ...{ serviceTeamId: true, createdAt: true, disabledAt: true, passwordHash: true },
} as const;

export async function readAccountPage(
  prisma: PrismaClient,
  { search, role, kind, isDisabled, after, limit }: AccountPageQuery,
): Promise<AccountRow[]> {
  const conditions: Prisma.UserWhereInput[] = [{ ...(role && { role }), ...(kind && { kind }) }];
  if (isDisabled !== undefined) {
    conditions.push({ disabledAt: isDisabled ? { not: null } : null });
  }
  if (search !== undefined) conditions.push(found(search));
  if (after !== undefined) {
    const { at, id } = after;
    conditions.push({
      createdAt: { lte: at },
      OR: [{ createdAt: { lt: at } }, { id: { lt: id } }],
    });
  }
  const rows = await onDatabase(() =>
    prisma.user.findMany({
      select,
      where: { AND: conditions },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      take: limit,
    }),
  );
  return rows.map(({ passwordHash, ...row }) => ({ ...row, hasPassword: passwordHash !== null }));
}

/** One account; undefined where there is none. */
export async function readAccount(
  prisma: PrismaClient,
  id: string,
): Promise<AccountRow | undefined> {
  if (!isUuid(id)) return undefined;
  const row = await onDatabase(() => prisma.user.findUnique({ select, where: { id } }));
  if (row === null) return undefined;
  const { passwordHash, ...account } = row;
  return { ...account, hasPassword: passwordHash !== null };
}

/** Wildcards of LIKE mean themselves. */
function found(search: string): Prisma.UserWhereInput {
  const contains = search.replaceAll(/[\\%_]/g, String.raw`\$&`);
  const either: Prisma.UserWhereInput[] = [
    { name: { contains, mode: "insensitive" } },
    { email: { contains, mode: "insensitive" } },
  ];
  return { OR: isUuid(search) ? [...either, { id: search }] : either };
}
