/** A start failed in a way that a person can mend; the message is one line that says how. */
export class StartError extends Error {
  override readonly name = "StartError";
}
