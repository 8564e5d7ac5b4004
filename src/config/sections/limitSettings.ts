/** Bounds on requests and documents, each refused with a typed error where it is passed. */
import { defaultCommentLimits } from "../../commands/comments/commentLimits.js";
import { defaultLockLimits, LOCK_LEASE_MS_MIN } from "../../commands/locks/lockLimits.js";
import type { RequestLimits } from "../../commands/services.js";
import { defaultDomainLimits } from "../../domain/limits.js";
import { numberSettings } from "../numberSettings.js";

export const domainLimitSettings = numberSettings(defaultDomainLimits, {
  operationBytesMax: {
    description:
      "UTF-8 bytes of one operation's target and payload. 1 MB, since each operation is sent to everyone who has the template open, kept in the log for good, and read where edits are merged: what is larger, such as a picture, belongs into a file that the document names. 10 MB is tested over HTTP and WebSocket; one long string also needs STRING_UNITS_MAX",
  },
  batchOperationsMax: { description: "operations in one request" },
  documentBytesMax: { description: "UTF-8 bytes of a whole document" },
  documentValuesMax: {
    description: "JSON values of a whole document, nested ones included: each takes memory",
  },
  pagesPerDocumentMax: { description: "pages in a document" },
  elementsPerPageMax: { description: "elements on a page" },
  audioLayersPerDocumentMax: { description: "audio layers in a document" },
  clipsPerAudioLayerMax: { description: "clips in an audio layer" },
  jsonDepthMax: {
    description: "nested lists and objects in a payload",
    // The engine recurses into values of this depth.
    max: 200,
  },
  stringUnitsMax: { description: "UTF-16 units of one string in a payload" },
  idUnitsMax: {
    description: "UTF-16 units of an id",
    // Ids are part of index keys, which PostgreSQL bounds.
    max: 512,
  },
  propertiesPerObjectMax: { description: "properties of one object in a payload" },
  numberMagnitudeMax: { description: "largest absolute value of any number in a payload" },
  clientClockSkewMsMax: {
    description:
      "milliseconds that a client's `timestamp` counts as ahead of the server's clock where the later writer wins; a reading beyond that is set back, none is refused",
  },
});

/** The defaults, which tests use too. */
export const defaultRequestLimits: RequestLimits = {
  nameUnitsMax: 200,
  descriptionUnitsMax: 5_000,
  tagsMax: 50,
  passwordUnitsMin: 8,
  passwordUnitsMax: 200,
  avatarUrlUnitsMax: 2_048,
  presenceSelectionIdsMax: 200,
  presenceStatusUnitsMax: 200,
  presenceBytesMax: 8_000,
  activityTemplatesMax: 100,
  missedOperationsMax: 1_000,
};

export const requestLimitSettings = numberSettings(defaultRequestLimits, {
  nameUnitsMax: { description: "UTF-16 units of a name: of users, templates, snapshots and tags" },
  descriptionUnitsMax: { description: "UTF-16 units of a description or reason" },
  tagsMax: { description: "tags of a template" },
  passwordUnitsMin: { description: "fewest UTF-16 units of a password" },
  passwordUnitsMax: {
    description: "UTF-16 units of a password",
    // Hashing takes time in proportion.
    max: 10_000,
  },
  avatarUrlUnitsMax: {
    description: "UTF-16 units of the https address of a person's picture",
    max: 10_000,
  },
  presenceSelectionIdsMax: { description: "ids in the selection that a client shows to others" },
  presenceStatusUnitsMax: { description: "UTF-16 units of the status that a client shows" },
  presenceBytesMax: { description: "UTF-8 bytes of all that a client shows of itself, as JSON" },
  activityTemplatesMax: { description: "templates whose activity one subscription follows" },
  missedOperationsMax: {
    description:
      "operations told to a client that joins with the version it has; with more to tell it reads the document",
    max: 10_000,
  },
});

/** What a timer can wait, with room for sums. */
const MS_MAX = 86_400_000;

export const lockLimitSettings = numberSettings(defaultLockLimits, {
  lockLeaseMs: {
    description:
      "milliseconds that a lock lasts, and that each heartbeat of its session makes it last again, unless another lease is asked for",
    min: LOCK_LEASE_MS_MIN,
    max: MS_MAX,
  },
  lockHoldMsMax: {
    description: "milliseconds that a lock may be held with all renewals",
    min: LOCK_LEASE_MS_MIN,
    max: MS_MAX,
  },
  locksPerSessionMax: { description: "locks of one session on one template" },
});

export const commentLimitSettings = numberSettings(defaultCommentLimits, {
  commentBodyUnitsMax: { description: "UTF-16 units of a comment", max: 1_000_000 },
  commentMentionsMax: { description: "people whom one comment mentions", max: 1_000 },
  commentThreadsMax: {
    description: "threads of comments on a template, deleted ones included",
    max: 100_000,
  },
  commentRepliesMax: { description: "replies in a thread, deleted ones included", max: 100_000 },
  commentDepthMax: {
    description: "how deep replies answer replies; a reply to the first comment is 1 deep",
    max: 1_000,
  },
});
