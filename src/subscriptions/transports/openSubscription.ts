/** How both transports open a subscription: within the limits of who asks, which count until it ends. */
import { getOperationAST, Kind, type ExecutionResult } from "graphql";
import type { RequestOrigin } from "../../limits/origin/requestOrigin.js";
import { idsOf } from "../../domain/audit/attempt.js";
import type { Admission } from "../../limits/admission.js";
import {
  tooMany,
  tooManyExecutions,
  tooManySubscriptions,
} from "../../limits/rates/rateLimited.js";
import type { Opened, SharedExecution, SubscribeRequest } from "../sharedExecution.js";
import type { Answered } from "./prepare.js";
import type { Viewer } from "../../domain/access/access.js";

export interface OpeningParts {
  readonly admission: Admission;
  readonly shared: SharedExecution;
  readonly answered: Answered;
  /** What tells the log of a request; undefined where it does not want to know. */
  readonly debugOf: (origin: RequestOrigin) => TellDebug | undefined;
}

type TellDebug = (details: object, message: string) => void;

/** The source and renderer of a subscription, or why there is none. `whenEnded` calls a task when it ends, or has. */
export async function openSubscription(
  parts: OpeningParts,
  request: SubscribeRequest,
  whenEnded: (task: () => void) => void,
): Promise<Opened> {
  const opened = await openWithinLimits(parts, request, whenEnded);
  const debug = parts.debugOf(request.origin);
  if (opened.kind === "refused") parts.answered(request.origin, opened.result.errors);
  else if (debug !== undefined) {
    const about = aboutOf(request);
    debug(about, "a subscription began");
    whenEnded(() => debug(about, "a subscription ended"));
  }
  return opened;
}

/** What it follows and for whom: names and ids, no other values. */
function aboutOf({ document, operationName, variables, viewer }: SubscribeRequest): object {
  const selected = getOperationAST(document, operationName)?.selectionSet.selections[0];
  return {
    field: selected?.kind === Kind.FIELD ? selected.name.value : undefined,
    viewer: viewer.kind,
    ...(viewer.kind === "user" && { userId: viewer.userId }),
    ...idsOf(variables ?? {}),
  };
}

async function openWithinLimits(
  { admission, shared }: OpeningParts,
  request: SubscribeRequest,
  whenEnded: (task: () => void) => void,
): Promise<Opened> {
  const { viewer, origin } = request;
  const leave = admission.subscription(viewer, origin);
  if (leave === undefined) return refused({ errors: [tooMany(tooManySubscriptions)] });
  whenEnded(leave);
  const opened = await shared.open(request);
  if (opened.kind === "refused") return opened;
  const leaveExecution = admission.execution(viewer, origin, opened.execution);
  if (leaveExecution === undefined) return refused({ errors: [tooMany(tooManyExecutions)] });
  whenEnded(leaveExecution);
  return opened;
}

function refused(result: ExecutionResult): Opened {
  return { kind: "refused", result };
}

/** What the transports know of who asks. */
export interface Proof {
  readonly viewer: Viewer;
  /** When the token has expired, by the monotonic clock; Infinity for nobody. */
  readonly deadline: number;
  /** Tells once when it ends before; until the returned function is called. Absent for nobody. */
  readonly watch?: (ended: () => void) => () => void;
}
