/** Takes the batch in flight out of a client's state once the log holds it. */
import type { Json } from "../json.js";
import { unbounded } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { applyOperation, invertOperation } from "../operations/registry.js";
import { deltaOf } from "../operations/traits.js";
import { sameJson } from "../text/richText.js";
import { applyCommits, appliedCommit } from "./applyCommits.js";
import type { Confirmed, CommittedOperation, AppliedCommit } from "./applyCommits.js";
import { predictNonConflicting } from "./predict.js";
import { asOperations, replay } from "./localState.js";
import type { LocalState, Row } from "./localState.js";
import { reportCollisions } from "../merge/judging/verdict.js";

/** The state once the log holds the batch in flight. Mostly it is logged as predicted, and nothing changes for the person. */
export function acknowledge(local: LocalState, rows: readonly CommittedOperation[]) {
  const { inFlight, confirmed, pending } = local;
  if (inFlight === undefined) throw new Error("there is no batch in flight");
  const same = inFlight.rows.findIndex((row, index) => !sameRow(row, rows[index]));
  if (same < 0 && rows.length === inFlight.rows.length) {
    const { document } = inFlight;
    const version = confirmed.version + rows.length;
    return { local: { ...local, confirmed: { version, document }, inFlight: undefined }, gone: [] };
  }
  const now = applyCommits(confirmed, rows);
  const from = same < 0 ? inFlight.rows.length : same;
  const history = [...undoing(confirmed, inFlight.rows, from), ...now.history.slice(from)];
  const texts = history.filter(({ operation }) => deltaOf(operation) !== undefined);
  const rules = { judge: reportCollisions, clientId: null };
  const fitting = predictNonConflicting(now.confirmed, pending, texts, rules);
  const version = now.confirmed.version;
  const replayed = replay(now.confirmed.document, asOperations(fitting.rows, pending, version));
  const { operations, document } = replayed;
  const logged = new Set(rows.map(({ id }) => id));
  const missing = inFlight.operations.map(({ id }) => id).filter((id) => !logged.has(id));
  return {
    local: {
      ...local,
      confirmed: now.confirmed,
      inFlight: undefined,
      pending: operations,
      document,
    },
    gone: [...missing, ...fitting.discarded, ...replayed.gone],
  };
}

/** What takes back the rows from a place on, as commits. */
function undoing(confirmed: Confirmed, rows: readonly Row[], from: number): AppliedCommit[] {
  const commits: AppliedCommit[] = [];
  let { document } = confirmed;
  for (const [index, row] of rows.entries()) {
    const applied = applyOperation(document, row, unbounded);
    if (!applied.ok) throw new Error(`${row.id} does not apply: ${applied.error.message}`);
    const after = applied.value;
    const inverses = index < from ? [] : invertOperation(document, row);
    commits.unshift(
      ...inverses.map((content, number) => {
        const id = `~${row.id}~${number}`;
        return appliedCommit(after, { ...content, id, resultingVersion: confirmed.version });
      }),
    );
    document = after;
  }
  return commits;
}

function sameRow(a: Row, b: CommittedOperation | undefined): boolean {
  return b !== undefined && a.id === b.id && sameContent(a, b);
}

function sameContent(a: OperationContent, b: OperationContent): boolean {
  return (
    a.type === b.type &&
    sameJson({ ...a.target } as Json, { ...b.target } as Json) &&
    sameJson(a.payload, b.payload)
  );
}
