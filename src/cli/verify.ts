/**
 * `npm run verify -- TEMPLATE_ID`: proves that a template's history is whole and unchanged. Exit code 0 where it is, 1
 * where it is damaged, 2 where nothing was checked: wrong usage, no such template, no database.
 */
import { createHash } from "node:crypto";
import { readCommandLine } from "./commandLine.js";
import { runCommand, withDatabase } from "./databaseCommand.js";
import { verifyLog, type Damage, type Verification } from "../storage/history/verifyLog.js";

/** One statement reads a page of the log or one document. */
const STATEMENT_MS_MAX = 60_000;
/** Enough to see the pattern of the damage. */
const DAMAGES_SHOWN_MAX = 20;

async function main(): Promise<number> {
  const { positionals, refuse } = readCommandLine({
    name: "verify",
    usage: "npm run verify -- TEMPLATE_ID",
    positionalsMax: 1,
  });
  const templateId = positionals[0] ?? refuse("name the id of a template");
  const verification = await verify(templateId.toLowerCase());
  if (verification === undefined) {
    process.stderr.write(`verify: no template ${templateId}\n`);
    return 2;
  }
  process.stdout.write(report(templateId, verification));
  return verification.damages.length === 0 ? 0 : 1;
}

function verify(templateId: string): Promise<Verification | undefined> {
  const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");
  return withDatabase({ statementMsMax: STATEMENT_MS_MAX, env: process.env }, ({ prisma }) =>
    verifyLog(prisma, sha256, templateId),
  );
}

function report(templateId: string, verification: Verification): string {
  const { logStartVersion, version, operations, documents, damages } = verification;
  const { authorsErased, firstFormat } = verification;
  const lines = [
    `template ${templateId}, version ${version}`,
    `log: ${operations} operations after version ${logStartVersion}, hash chain verified and replayed`,
    `documents: ${documents} compared with the replayed log (first document, checkpoint, snapshots)`,
    ...damages.slice(0, DAMAGES_SHOWN_MAX).map((damage) => `damaged: ${textOf(damage)}`),
  ];
  const hidden = damages.length - DAMAGES_SHOWN_MAX;
  if (hidden > 0) lines.push(`damaged: and ${hidden} more`);
  if (logStartVersion > 1 && operations > 0) {
    lines.push(
      `note: the log was pruned; version ${logStartVersion + 1} is trusted, the later ones are chained to it`,
    );
  }
  if (authorsErased > 0) {
    lines.push(`note: ${authorsErased} operations are of erased accounts`);
  }
  if (firstFormat > 0) {
    lines.push(
      `note: for ${firstFormat} operations, committed under the first format of the chain, these are not proven: author, server time, request hash, the undone batch, the original request`,
    );
  }
  lines.push(
    "note: not verified: names, authors and times of snapshots, comments, merge rules and conflict records",
  );
  lines.push(damages.length === 0 ? "intact" : "DAMAGED");
  return `${lines.join("\n")}\n`;
}

function textOf(damage: Damage): string {
  switch (damage.kind) {
    case "missing":
      return damage.fromVersion === damage.toVersion
        ? `version ${damage.fromVersion} is missing`
        : `versions ${damage.fromVersion} to ${damage.toVersion} are missing`;
    case "changed":
      return `version ${damage.version} is not as committed: it was changed or moved`;
    case "notApplicable":
      return `version ${damage.version} does not apply to the state before it`;
    case "head":
      return `the template is at version ${damage.version}, but the log ends at ${damage.logVersion} or with another hash`;
    case "noStart":
      return `the document of version ${damage.version}, from which the log starts, is missing or unreadable`;
    case "inverse":
      return `the stored inverse of version ${damage.version} does not restore the version before`;
    case "footprint":
      return `version ${damage.version} has a footprint that differs from its operation`;
    case "run":
      return `version ${damage.version} has a first version that differs from that of its batch`;
    case "size":
      return `version ${damage.version} has a size that differs from its row`;
    case "author":
      return `version ${damage.version} has an author that differs from the one who committed it, or none without an erasure`;
    case "document":
      return `the ${damage.document} of version ${damage.version} differs from the replayed log`;
  }
}

process.exitCode = await runCommand("verify", main);
