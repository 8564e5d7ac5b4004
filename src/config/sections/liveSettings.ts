/** What the live templates hold in memory and how often they store copies of documents. */
import { defaultLiveSettings } from "../../live/liveSettings.js";
import { numberSettings } from "../numberSettings.js";

export const liveTemplateSettings = numberSettings(defaultLiveSettings, {
  liveBytesMax: {
    description:
      "approximate bytes of heap for documents in memory, documents being read and the recent logs together",
  },
  recentOperationsMax: { description: "operations of one template's log kept in memory" },
  recentBytesMax: {
    description: "approximate bytes of heap for one template's log kept in memory",
  },
  commitOperationsMax: {
    description: "operations in one commit, unless a single request has more",
  },
  decisionSliceMsMax: {
    description:
      "milliseconds that one decision (an edit, a merge, an undo, a revert) or one large document runs before other requests get a turn",
  },
  queuedOperationsMax: {
    description: "operations queued for one template, above which requests are refused",
  },
  queuedBytesMax: {
    description:
      "approximate bytes of heap for queued and uncommitted edits of all templates on this node, above which requests are refused",
  },
  lostRacesMax: {
    description: "consecutive commits lost to other nodes before this node takes the row lock",
  },
  historyOperationsMax: {
    description:
      "operations of history that a round of decisions reads at once; older history is read beforehand, page by page, and reduced to what is needed",
  },
  decidedConflictsKeptMax: {
    description:
      "conflict records per template of decisions by timestamp or rule, one per batch; the oldest are dropped when 50 more have been added",
  },
  checkpointVersionsMin: {
    description:
      "versions after which a checkpoint is written, once the log has grown by the document's size",
  },
  checkpointVersionsMax: {
    description: "versions after which a checkpoint is written in any case",
  },
  checkpointIdleMs: {
    description: "milliseconds without a change after which a checkpoint is written",
  },
  snapshotVersionsMin: {
    description:
      "as CHECKPOINT_VERSIONS_MIN, for the automatic snapshots from which history is read",
  },
  snapshotVersionsMax: { description: "as CHECKPOINT_VERSIONS_MAX, for automatic snapshots" },
});
