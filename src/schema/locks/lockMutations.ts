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
    description: "The lock to acquire.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      sessionToken: t.string({
        required: true,
        description: "The token of the session that is to hold the lock.",
      }),
      target: t.field({
        type: OperationTargetInput,
        description:
          "A page, an element with its page, an audio layer, or a clip with its layer. Default: the whole template.",
      }),
      leaseMs: t.int({
        description:
          "The lease in milliseconds, at least 1,000; it ends unless renewed. Default 30,000, configurable by the server.",
      }),
    }),
  });

const ReleaseLockInputType = builder
  .inputRef<ReleaseLockInput, false>("ReleaseLockInput")
  .implement({
    description: "The lock to release.",
    fields: (t) => ({
      templateId: t.id({ required: true, description: "The template." }),
      sessionToken: t.string({
        description: "The token of the session that holds the lock; not needed with `force`.",
      }),
      target: t.field({
        type: OperationTargetInput,
        description: "The locked document node. Default: the whole template.",
      }),
      force: t.boolean({
        description: "Release the lock regardless of its holder. Requires the right GOVERN.",
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
        "The lock: a new one, or the one already held, with a new lease and its old fence.",
    }),
  }),
});

const LockReleasedObject = builder.objectRef<LockReleased>("LockReleased").implement({
  description: "The session does not hold the lock any more.",
  fields: (t) => ({
    released: t.field({
      type: LockObject,
      nullable: true,
      description: "The lock that this request ended; null if there was none.",
      resolve: ({ lock }) => lock,
    }),
  }),
});

const AcquireLockResult = builder.unionType("AcquireLockResult", {
  description: "The lock or an error.",
  types: [LockAcquiredObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : LockAcquiredObject),
});

const ReleaseLockResult = builder.unionType("ReleaseLockResult", {
  description: "The released lock or an error.",
  types: [LockReleasedObject, RequestErrorObject],
  resolveType: ({ kind }) => (kind === "refused" ? RequestErrorObject : LockReleasedObject),
});

builder.mutationFields((t) => ({
  acquireLock: t.field({
    type: AcquireLockResult,
    description:
      "Locks a document node with all its contents against changes by others: their operations are refused with LOCKED, under every policy, until the lock is released, its lease expires or its session ends. The session's heartbeat renews the lease, for at most one hour by default. Errors: UNAUTHENTICATED, NOT_FOUND (template, session or document node), FORBIDDEN, INVALID_INPUT, LOCKED (`lock` overlaps), RATE_LIMITED (too many locks).",
    args: {
      input: t.arg({
        type: AcquireLockInputType,
        required: true,
        description: "Template, session and document node.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => acquireLock(services, viewer, input),
  }),
  releaseLock: t.field({
    type: ReleaseLockResult,
    description:
      "Releases a lock. Repeating it has no effect. Errors: UNAUTHENTICATED, NOT_FOUND (template or session), FORBIDDEN, INVALID_INPUT.",
    args: {
      input: t.arg({
        type: ReleaseLockInputType,
        required: true,
        description: "Template, session and document node.",
      }),
    },
    resolve: (_root, { input }, { services, viewer }) => releaseLock(services, viewer, input),
  }),
}));
