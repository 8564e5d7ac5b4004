/** How the audit log is written. Entries are kept until their partition is dropped; see docs/OPERATIONS.md. */
import { defaultAuditSettings } from "../../audit/auditSettings.js";
import { numberSettings } from "../numberSettings.js";

export const auditSettings = numberSettings(defaultAuditSettings, {
  auditFlushMs: {
    description: "milliseconds that audit entries wait for others to be written with",
    max: 60_000,
  },
  auditBatchEntriesMax: { description: "audit entries of one statement", max: 10_000 },
  auditQueuedEntriesMax: {
    description:
      "audit entries waiting in memory, beyond which refused attempts are counted instead of told, and changes that must be told are refused",
    max: 1_000_000,
  },
  auditSilenceMs: {
    description:
      "milliseconds that a node is silent before others write the audit entries it left; more than a commit can be under way",
    min: 100,
    max: 3_600_000,
  },
  auditAnonymousEntriesPerHourMax: {
    description:
      "audit entries an hour for refused attempts from one address on which nobody is signed in; those beyond are counted",
    max: 1_000_000,
  },
  auditCountedMs: {
    description: "milliseconds after which an audit entry an address tells how many were counted",
    max: 86_400_000,
  },
  auditMonthsAhead: {
    description: "months for which partitions of the audit log are made ahead",
    max: 24,
  },
});
