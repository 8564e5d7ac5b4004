/** What the live templates hold in memory and how often they store copies of documents. */
import { defaultLiveSettings } from "../../live/liveSettings.js";
import { numberSettings } from "../numberSettings.js";

export const liveTemplateSettings = numberSettings(defaultLiveSettings, {
  liveBytesMax: {
    description:
      "bytes of heap, about, that documents in memory, documents being read and the recent logs take together",
  },
  recentOperationsMax: { description: "operations of one template's log kept in memory" },
  recentBytesMax: { description: "bytes of heap, about, of one template's log kept in memory" },
  commitOperationsMax: {
    description: "operations in one commit, unless a single request has more",
  },
  decisionSliceMsMax: {
    description:
      "milliseconds for which one decision (an edit, a merge, an undo, a revert) or one large document goes on before other requests have their turn",
  },
  queuedOperationsMax: {
    description: "operations waiting for one template, beyond which requests are refused",
  },
  queuedBytesMax: {
    description:
      "bytes of heap, about, of edits that wait or are being committed on this node, all templates together, beyond which requests are refused",
  },
  lostRacesMax: {
    description: "commits that other nodes may win in a row before this node takes the row lock",
  },
  historyOperationsMax: {
    description:
      "operations of history that a round of decisions reads at once; what is further behind is read before, in pages of which what matters is kept",
  },
  decidedConflictsKeptMax: {
    description:
      "records of what merges decided by clock or rule that a template keeps, one for each batch; up to 50 more before the oldest are dropped",
  },
  checkpointVersionsMin: {
    description:
      "versions after which a checkpoint follows, once the log grew by the document's size",
  },
  checkpointVersionsMax: { description: "versions after which a checkpoint follows in any case" },
  checkpointIdleMs: {
    description: "milliseconds without a change after which a template gets its checkpoint",
  },
  snapshotVersionsMin: {
    description: "as CHECKPOINT_VERSIONS_MIN, for the automatic snapshots that history reads from",
  },
  snapshotVersionsMax: { description: "as CHECKPOINT_VERSIONS_MAX, for automatic snapshots" },
});
