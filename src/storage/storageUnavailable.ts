/** The database cannot be reached or does not answer in time. */
export class StorageUnavailable extends Error {
  override readonly name = "StorageUnavailable";
  constructor(
    readonly retryAfterMs: number,
    /** `reason` where it is reached and cannot do its work. */
    options?: ErrorOptions & { readonly reason?: string },
  ) {
    super(options?.reason ?? "the database cannot be reached", options);
  }
}
