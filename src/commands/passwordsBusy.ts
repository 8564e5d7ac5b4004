/** More passwords wait to be checked than the machine can check soon; nothing was decided. */
export class PasswordsBusy extends Error {
  override readonly name = "PasswordsBusy";
  constructor(readonly retryAfterMs: number) {
    super("too many passwords wait to be checked");
  }
}
