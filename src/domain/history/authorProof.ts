/**
 * Who committed a row, bound into the hash chain without standing there: the chain holds a hash over a random salt and
 * the user's id. While both are in the row they must give that hash. Erasing a person takes id and salt out of the row,
 * which leaves a hash that nothing can be found from, and the chain whole.
 */
import type { Sha256 } from "../hashing.js";
import type { AuthorProof, LoggedOperation } from "../operations/operation.js";

export function authorProof(sha256: Sha256, salt: string, userId: string | null): AuthorProof {
  return { commitment: sha256(`strata author 1\n${salt}\n${userId ?? ""}`), salt };
}

/** What a row tells of its author: that it is the one who committed it, was erased, is another, or that nothing binds it. */
export type AuthorCheck = "proven" | "erased" | "changed" | "unbound";

export function checkAuthor(
  sha256: Sha256,
  { userId, authorProof: proof }: Pick<LoggedOperation, "userId" | "authorProof">,
): AuthorCheck {
  if (proof === null) return "unbound";
  if (proof.salt === null) return userId === null ? "erased" : "changed";
  const { commitment } = authorProof(sha256, proof.salt, userId);
  return commitment === proof.commitment ? "proven" : "changed";
}
