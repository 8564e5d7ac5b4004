/** The viewer's own steps in a template, read from the newest backwards as far as they are needed. */
import {
  mayCountFor,
  undoLine,
  type OwnRun,
  type UndoLine,
  runOf,
} from "../../domain/undo/undoLine.js";
import type { LogEntry } from "../../domain/history/logEntry.js";
import type { Services } from "../services.js";
import { PassedOver } from "../../domain/undo/undoNewest.js";
import { firstOperationId } from "./earlierStep.js";
import type { UndoInput } from "../inputs.js";
import { refused, type RequestError } from "../requestError.js";

/** So many requests of the viewer are read at once. */
const RUNS_READ = 500;

/** How far back undo and redo look: requests of the viewer, on whichever client, however many operations they had. */
const RUNS_MAX = 10_000;

/** So many of their own operations do not count against how much history a request may read: large steps are found, too. */
const OWN_OPERATIONS_MAX = 100_000;

export interface LineOf {
  readonly templateId: string;
  readonly userId: string;
  /** All clients of the viewer where it is null. */
  readonly clientId: string | null;
}

export class OwnLine {
  /** Oldest first. */
  private runs: readonly OwnRun[] = [];
  private hasMore = true;

  constructor(
    private readonly services: Services,
    private readonly of: LineOf,
  ) {}

  /** Reads on backwards; false where there is nothing more. */
  async readOn(): Promise<boolean> {
    if (!this.hasMore) return false;
    const { templateId, userId } = this.of;
    const [oldest] = this.runs;
    const older = await this.services.templates.readOwnRuns({
      ...{ templateId, userId, limit: RUNS_READ },
      ...(oldest !== undefined && { beforeVersion: oldest.firstVersion }),
    });
    this.runs = [...older, ...this.runs];
    this.hasMore = older.length === RUNS_READ && this.runs.length < RUNS_MAX;
    return older.length > 0;
  }

  /** How many of the viewer's own operations come after the version, as far as they do not count as history. */
  operationsAfter(version: number): number {
    let count = 0;
    for (const { firstVersion, lastVersion } of this.runs) {
      if (firstVersion > version) count += lastVersion - firstVersion + 1;
    }
    return Math.min(count, OWN_OPERATIONS_MAX);
  }

  /** Whether one of the steps was committed as the batch. */
  holds(batchId: string): boolean {
    return this.runs.some((run) => run.batchId === batchId);
  }

  /** The line as it is after what the history tells that was not read. */
  after(history: readonly LogEntry[]): UndoLine {
    const { userId, clientId } = this.of;
    const readThrough = this.runs.at(-1)?.lastVersion ?? 0;
    const newer = history.filter(
      (entry) => entry.userId === userId && entry.resultingVersion > readThrough,
    );
    const own = [...this.runs, ...newer.map(runOf)].filter((run) =>
      mayCountFor({ userId, clientId }, { ...run, userId }),
    );
    const line = undoLine(own, clientId);
    // What was not read may belong to the oldest step, too.
    const [oldest] = this.hasMore ? line.steps : [];
    return {
      steps: line.steps,
      undoable: line.undoable.filter((step) => step !== oldest),
      redoable: line.redoable.filter((step) => step !== oldest),
    };
  }
}

/** What the rows of a request are named by, and what was decided about it: the same however often it is decided. */
export interface Naming {
  readonly stepId: string;
  /** Only this id is one that somebody could guess and use for something else; the log is asked about it. */
  readonly firstId: string | undefined;
  readonly authorSalt: string;
  readonly idOf: (number: number) => string;
  readonly passedOver: PassedOver;
}

/**
 * The names of an undo or redo in the log. They stay the same however often the request is decided, so that a decision
 * about a part of it still holds when the rest is decided. New names; the ids are made of the batch id that the client
 * chose, where it did.
 */
export function namingOf(services: Services, { batchId }: UndoInput): Naming {
  const stepId = services.newId();
  const firstId = batchId == null ? undefined : firstOperationId(batchId);
  const idOf = (number: number) =>
    number === 1 ? (firstId ?? `${stepId}-1`) : `${stepId}-${number}`;
  const authorSalt = services.newSalt();
  return { stepId, firstId, authorSalt, idOf, passedOver: new PassedOver() };
}

/**
 * Refuses an undo or redo whose step has too many operations of others after it to be judged. Nothing is changed, and
 * the step stays on the line.
 */
export function tooFarBack(direction: "undo" | "redo"): RequestError {
  const message = `cannot ${direction} the newest step: too many operations of others follow it, or the log was pruned. Change the design by hand, or copy from an earlier version`;
  return refused("VERSION_CONFLICT", message, { path: ["templateId"] });
}
