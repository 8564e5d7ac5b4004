/** How much the live templates hold and how often they store what they hold; each name carries its unit. */
export interface LiveSettings {
  /** Heap of documents in memory and being read, and of recent logs, all templates together. */
  readonly liveBytesMax: number;
  /** The recent log of one template. */
  readonly recentOperationsMax: number;
  readonly recentBytesMax: number;
  /** Operations in one commit, unless a single request has more. */
  readonly commitOperationsMax: number;
  /** How long one decision goes on before others have their turn, in milliseconds. */
  readonly decisionSliceMsMax: number;
  /** Operations waiting for one template, beyond which a request is refused. */
  readonly queuedOperationsMax: number;
  /** Heap of requests waiting for all templates together, about, beyond which one is refused. */
  readonly queuedBytesMax: number;
  /** Lost races for the version, after which the row is locked. */
  readonly lostRacesMax: number;
  /** History that a round of decisions reads, in operations; beyond it `FarHistory` reads what matters. */
  readonly historyOperationsMax: number;
  /** Records of what merges decided by clock or rule that a template keeps, about; the oldest are dropped. */
  readonly decidedConflictsKeptMax: number;
  /** A checkpoint follows once this many versions and the document's own size in log bytes have passed, … */
  readonly checkpointVersionsMin: number;
  /** … and in any case after this many versions, which bounds the replay of a cold read. */
  readonly checkpointVersionsMax: number;
  /** A template that was not written for so long gets its checkpoint. */
  readonly checkpointIdleMs: number;
  /** As for checkpoints: the cadence of automatic snapshots, which bounds the replay of `at(version)`. */
  readonly snapshotVersionsMin: number;
  readonly snapshotVersionsMax: number;
}

export const defaultLiveSettings: LiveSettings = {
  liveBytesMax: 512_000_000,
  recentOperationsMax: 5_000,
  recentBytesMax: 16_000_000,
  commitOperationsMax: 500,
  decisionSliceMsMax: 1,
  queuedOperationsMax: 20_000,
  queuedBytesMax: 256_000_000,
  lostRacesMax: 3,
  historyOperationsMax: 10_000,
  decidedConflictsKeptMax: 1_000,
  checkpointVersionsMin: 200,
  checkpointVersionsMax: 5_000,
  checkpointIdleMs: 10_000,
  snapshotVersionsMin: 500,
  snapshotVersionsMax: 5_000,
};
