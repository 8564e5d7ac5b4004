/** How the audit log is written. Entries are kept until their partition is dropped; see docs/OPERATIONS.md. */
import { defaultAuditSettings } from "../../audit/auditSettings.js";
import { numberSettings } from "../numberSettings.js";

export const auditSettings = numberSettings(defaultAuditSettings, {
  auditFlushMs: {
    description: "milliseconds that audit entries wait to be written together",
    max: 60_000,
  },
  auditBatchEntriesMax: { description: "audit entries per statement", max: 10_000 },
  auditQueuedEntriesMax: {
    description:
      "audit entries queued in memory, above which refused attempts are only counted, and changes that require an entry are refused",
    max: 1_000_000,
  },
  auditSilenceMs: {
    description:
      "milliseconds of silence after which other nodes write a node's pending audit entries; longer than a commit can take",
    min: 100,
    max: 3_600_000,
  },
  auditAnonymousEntriesPerHourMax: {
    description:
      "audit entries per hour for unauthenticated refused attempts from one address; further ones are only counted",
    max: 1_000_000,
  },
  auditCountedMs: {
    description: "milliseconds after which an audit entry per address records the number counted",
    max: 86_400_000,
  },
  auditMonthsAhead: {
    description: "months for which partitions of the audit log are created ahead",
    max: 24,
  },
});
