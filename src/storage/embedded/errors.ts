/** What can go wrong with the embedded PostgreSQL, for code that has to tell cases apart. */
export type EmbeddedPostgresProblem =
  /** Another live process owns the data folder. */
  | "DATA_FOLDER_IN_USE"
  /** The data folder cannot be read, written or reached, or holds something else. */
  | "DATA_FOLDER_UNUSABLE"
  /** The npm package with PostgreSQL's programs is missing, or they do not run on this machine. */
  | "BINARIES_UNUSABLE"
  /** PostgreSQL was started and did not come up, or a running one does not answer. */
  | "START_FAILED";

/** A failure of the embedded PostgreSQL; `message` is one line that says what to do. */
export class EmbeddedPostgresError extends Error {
  readonly code: EmbeddedPostgresProblem;

  constructor(code: EmbeddedPostgresProblem, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "EmbeddedPostgresError";
    this.code = code;
  }
}

/** The `code` of a system error such as `ENOENT`, undefined for anything else. */
export function systemErrorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
