/** What a command reads and writes besides its words and the database; tests give it one of their own. */
export interface Terminal {
  readonly env: { readonly [name: string]: string | undefined };
  /** Writes to standard output. */
  readonly out: (text: string) => void;
  /** Writes to standard error. */
  readonly err: (text: string) => void;
  /** Ends the command. */
  readonly exit: (code: number) => never;
}

/** The terminal of this process. */
export const processTerminal: Terminal = {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  exit: (code) => process.exit(code),
};
