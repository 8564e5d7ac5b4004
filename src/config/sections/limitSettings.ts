/** Bounds on requests and documents, each refused with a typed error where it is passed. */
import { defaultCommentLimits } from "../../commands/comments/commentLimits.js";
import { defaultLockLimits, LOCK_LEASE_MS_MIN } from "../../commands/locks/lockLimits.js";
import type { RequestLimits } from "../../commands/services.js";
import { defaultDomainLimits } from "../../domain/limits.js";
import { numberSettings } from "../numberSettings.js";

export const domainLimitSettings = numberSettings(defaultDomainLimits, {
  operationBytesMax: {
    description:
      "UTF-8 bytes of one operation's target and payload. 1 MB, because each operation is sent to every subscriber of the template, kept in the log for good, and read by merges: store larger content, such as a picture, in a file that the document names. 10 MB is tested over HTTP and WebSocket; one long string also requires STRING_UNITS_MAX",
  },
  batchOperationsMax: { description: "operations in one request" },
  documentBytesMax: { description: "UTF-8 bytes of a whole document" },
  documentValuesMax: {
    description: "JSON values of a whole document, including nested ones: each takes memory",
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
      "milliseconds that a client's `timestamp` may be ahead of the server's clock under last writer wins; a later one is set back, none is refused",
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
  nameUnitsMax: { description: "UTF-16 units of the name of a user, template, snapshot or tag" },
  descriptionUnitsMax: { description: "UTF-16 units of a description or reason" },
  tagsMax: { description: "tags of a template" },
  passwordUnitsMin: { description: "minimum UTF-16 units of a password" },
  passwordUnitsMax: {
    description: "UTF-16 units of a password",
    // Hashing takes time in proportion.
    max: 10_000,
  },
  avatarUrlUnitsMax: {
    description: "UTF-16 units of the https address of a person's picture",
    max: 10_000,
  },
  presenceSelectionIdsMax: { description: "ids in a client's selection (presence)" },
  presenceStatusUnitsMax: { description: "UTF-16 units of a client's status (presence)" },
  presenceBytesMax: { description: "UTF-8 bytes of a client's whole presence, as JSON" },
  activityTemplatesMax: { description: "templates in one subscription to activity" },
  missedOperationsMax: {
    description:
      "missed operations sent to a client that joins with its version; if there are more it reads the document",
    max: 10_000,
  },
});

/** What a timer can wait, with room for sums. */
const MS_MAX = 86_400_000;

export const lockLimitSettings = numberSettings(defaultLockLimits, {
  lockLeaseMs: {
    description:
      "default lease of a lock in milliseconds, renewed by each heartbeat of its session",
    min: LOCK_LEASE_MS_MIN,
    max: MS_MAX,
  },
  lockHoldMsMax: {
    description: "milliseconds that a lock may be held, including renewals",
    min: LOCK_LEASE_MS_MIN,
    max: MS_MAX,
  },
  locksPerSessionMax: { description: "locks of one session on one template" },
});

export const commentLimitSettings = numberSettings(defaultCommentLimits, {
  commentBodyUnitsMax: { description: "UTF-16 units of a comment", max: 1_000_000 },
  commentMentionsMax: { description: "users mentioned in one comment", max: 1_000 },
  commentThreadsMax: {
    description: "threads of comments on a template, including deleted ones",
    max: 100_000,
  },
  commentRepliesMax: { description: "replies in a thread, including deleted ones", max: 100_000 },
  commentDepthMax: {
    description: "depth of nested replies; a reply to the first comment has depth 1",
    max: 1_000,
  },
});
