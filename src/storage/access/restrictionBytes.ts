/** What the lists of a restriction take. */
import { restrictionLists, type Restriction } from "../../domain/access/grant.js";

/** The bytes of all that the lists name, as UTF-8. */
export function restrictionBytes(restriction: Restriction): number {
  return Buffer.byteLength(restrictionLists.map((list) => restriction[list].join("")).join(""));
}
