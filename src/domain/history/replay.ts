/** The log, applied again: what makes a state out of an older one. */
import { unbounded } from "../limits.js";
import { applySteps } from "../operations/registry.js";
import type { LoggedOperation } from "../operations/operation.js";
import { finished, type Steps } from "../steps.js";
import type { DocumentState } from "./append.js";

/**
 * The state after the operations. They were accepted once, so limits are not asked again; one that does not follow
 * the state or does not apply means a damaged log, and throws.
 */
export function replay(
  state: DocumentState,
  operations: readonly LoggedOperation[],
): DocumentState {
  return finished(replaySteps(state, operations));
}

/** As `replay`, in steps. */
export function* replaySteps(
  state: DocumentState,
  operations: readonly LoggedOperation[],
): Steps<DocumentState> {
  let { version, versionHash, document } = state;
  for (const operation of operations) {
    if (operation.resultingVersion !== version + 1) {
      throw new Error(`the log leads from version ${version} to ${operation.resultingVersion}`);
    }
    const applied = yield* applySteps(document, operation, unbounded);
    if (!applied.ok) {
      throw new Error(`the log's version ${operation.resultingVersion} does not apply`);
    }
    document = applied.value;
    version = operation.resultingVersion;
    versionHash = operation.versionHash;
    yield;
  }
  return { version, versionHash, document };
}
