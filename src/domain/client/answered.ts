/** What it makes of a client's state that its batch in flight is in the log. */
import type { Json } from "../json.js";
import { unbounded } from "../limits.js";
import type { OperationContent } from "../operations/operation.js";
import { applyOperation, invertOperation } from "../operations/registry.js";
import { deltaOf } from "../operations/traits.js";
import { sameJson } from "../text/richText.js";
import { followed, followedCommit } from "./followed.js";
import type { Confirmed, CommittedOperation, FollowedCommit } from "./followed.js";
import { foretoldFitting } from "./foretold.js";
import { asOperations, replay } from "./localState.js";
import type { LocalState, Row } from "./localState.js";
import { reportCollisions } from "../merge/judging/verdict.js";

/** The state where the batch in flight is in the log: mostly as was foretold, and then nothing is to be seen. */
export function answered(local: LocalState, rows: readonly CommittedOperation[]) {
  const { inFlight, confirmed, pending } = local;
  if (inFlight === undefined) throw new Error("there is no batch in flight");
  const same = inFlight.rows.findIndex((row, index) => !sameRow(row, rows[index]));
  if (same < 0 && rows.length === inFlight.rows.length) {
    const { document } = inFlight;
    const version = confirmed.version + rows.length;
    return { local: { ...local, confirmed: { version, document }, inFlight: undefined }, gone: [] };
  }
  const now = followed(confirmed, rows);
  const from = same < 0 ? inFlight.rows.length : same;
  const history = [...undoing(confirmed, inFlight.rows, from), ...now.history.slice(from)];
  const texts = history.filter(({ operation }) => deltaOf(operation) !== undefined);
  const rules = { judge: reportCollisions, clientId: null };
  const fitting = foretoldFitting(now.confirmed, pending, texts, rules);
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
function undoing(confirmed: Confirmed, rows: readonly Row[], from: number): FollowedCommit[] {
  const commits: FollowedCommit[] = [];
  let { document } = confirmed;
  for (const [index, row] of rows.entries()) {
    const applied = applyOperation(document, row, unbounded);
    if (!applied.ok) throw new Error(`${row.id} does not apply: ${applied.error.message}`);
    const after = applied.value;
    const inverses = index < from ? [] : invertOperation(document, row);
    commits.unshift(
      ...inverses.map((content, number) => {
        const id = `~${row.id}~${number}`;
        return followedCommit(after, { ...content, id, resultingVersion: confirmed.version });
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
