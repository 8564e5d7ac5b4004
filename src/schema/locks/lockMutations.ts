/** The mutations `acquireLock` and `releaseLock`. */
import { acquireLock } from "../../commands/locks/acquireLock.js";
import type { AcquireLockInput, ReleaseLockInput } from "../../commands/inputs.js";
import type { LockAcquired, LockReleased } from "../../commands/outcomes.js";
import { releaseLock } from "../../commands/locks/releaseLock.js";
import { builder } from "../builder.js";
import { RequestErrorObject } from "../errors.js";
import { LockObject } from "./lock.js";
import { OperationTargetInput } from "../editing/operationInput.js";

const AcquireLockInputType = builder
  .inputRef<AcquireLockInput, false>("AcquireLockInput")
  .implement({
    description: "What to lock, for which session, and for how long.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      sessionToken: t.string({
        required: true,
        description: "The token of the session that is to hold the lock.",
      }),
      target: t.field({
        type: OperationTargetInput,
        description:
          "A page, an element with its page, an audio layer, or a clip with its layer; the whole template where omitted.",
      }),
      leaseMs: t.int({
        description:
          "Milliseconds from 1,000 on until it ends unless it is renewed; 30,000 where omitted and unless the server is set otherwise.",
      }),
    }),
  });

const ReleaseLockInputType = builder
  .inputRef<ReleaseLockInput, false>("ReleaseLockInput")
  .implement({
    description: "Which lock to end.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      sessionToken: t.string({
        description: "The token of the session that holds the lock; not needed with `force`.",
      }),
      target: t.field({
        type: OperationTargetInput,
        description: "What is locked; the whole template where omitted.",
      }),
      force: t.boolean({
        description: "End it whoever holds it: for who may GOVERN the template.",
      }),
    }),
  });

const LockAcquiredObject = builder.objectRef<LockAcquired>("LockAcquired").implement({
  description: "The session holds the lock.",
  fields: (t) => ({
    acquired: t.field({
      type: LockObject,
      resolve: ({ lock }) => lock,
      description:
        "The lock: a new one, or the one held already with a new lease and its old fence.",
    }),
  }),
});

const LockReleasedObject = builder.objectRef<LockReleased>("LockReleased").implement({
  description: "Nobody, or not this session, holds the lock.",
  fields: (t) => ({
    released: t.field({
      type: LockObject,
      nullable: true,
      description: "The lock that this request ended; null where there was none to end.",
      resolve: ({ lock }) => lock,
    }),
  }),
});

const AcquireLockResult = builder.unionType("AcquireLockResult", {
  description: "The lock or a refusal.",
  types: [LockAcquiredObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : LockAcquiredObject),
});

const ReleaseLockResult = builder.unionType("ReleaseLockResult", {
  description: "The end of the lock or a refusal.",
  types: [LockReleasedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : LockReleasedObject),
});

builder.mutationFields((t) => ({
  acquireLock: t.field({
    type: AcquireLockResult,
    description:
      "Locks a node, with everything in it, against the changes of all others: what they send is refused with LOCKED, under every policy, until the lock is released, its lease runs out or its session ends. The session's heartbeat renews it, for an hour at most unless the server is set otherwise. Refusals: UNAUTHENTICATED, NOT_FOUND (template, session or node), FORBIDDEN, INVALID_INPUT, LOCKED (`lock` overlaps), RATE_LIMITED (too many locks).",
    args: {
      input: t.arg({
        type: AcquireLockInputType,
        required: true,
        description: "Template, session and node.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => acquireLock(services, viewer, input),
  }),
  releaseLock: t.field({
    type: ReleaseLockResult,
    description:
      "Ends a lock. Sent again it changes nothing. Refusals: UNAUTHENTICATED, NOT_FOUND (template or session), FORBIDDEN, INVALID_INPUT.",
    args: {
      input: t.arg({
        type: ReleaseLockInputType,
        required: true,
        description: "Template, session and node.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => releaseLock(services, viewer, input),
  }),
}));
