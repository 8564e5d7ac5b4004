/** How both transports open a subscription: within the limits of who asks, which count until it ends. */
import type { ExecutionResult } from "graphql";
import type { Admission } from "../../limits/admission.js";
import { tooMany, tooManyExecutions, tooManySubscriptions } from "../../limits/rateLimited.js";
import type { Opened, SharedExecution, SubscribeRequest } from "../sharedExecution.js";

export interface OpeningParts {
  readonly admission: Admission;
  readonly shared: SharedExecution;
}

/** The source and renderer of a subscription, or why there is none. `whenEnded` calls a task when it ends, or has. */
export async function openSubscription(
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
