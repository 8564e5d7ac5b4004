/** The end of an account's row, and what is known of the identities that it had. */
import { createHash } from "node:crypto";
import type { Prisma } from "../generated/prisma/client.js";
import { ERASED_IDENTITY_MS_MAX, type Identity } from "./userStore.js";

type Transaction = Prisma.TransactionClient;

/** Removes the account's row; its identities are kept as hashes for a while. False where there is no such account. */
export async function eraseRow(
  transaction: Transaction,
  id: string,
  erasedAt: number,
): Promise<boolean> {
  const before = new Date(erasedAt - ERASED_IDENTITY_MS_MAX);
  await transaction.erasedIdentity.deleteMany({ where: { erasedAt: { lt: before } } });
  for (const identity of await transaction.userIdentity.findMany({ where: { userId: id } })) {
    const [hash, at] = [identityHash(identity), new Date(erasedAt)];
    const [create, update] = [{ hash, erasedAt: at }, { erasedAt: at }];
    await transaction.erasedIdentity.upsert({ where: { hash }, create, update });
  }
  const { count } = await transaction.user.deleteMany({ where: { id } });
  return count === 1;
}

/** What an erased identity is kept as. */
export function identityHash({ issuer, subject }: Identity): Uint8Array<ArrayBuffer> {
  const text = JSON.stringify([issuer, subject]);
  return Uint8Array.from(createHash("sha256").update(text).digest());
}
