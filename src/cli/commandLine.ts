/**
 * What a command was asked, read the same way by all commands: `--help` writes the usage and ends with exit code 0; what
 * the command does not know ends it with exit code 2 and the usage.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";

type Options = NonNullable<ParseArgsConfig["options"]>;

export interface CommandLineParts<O extends Options> {
  /** What messages begin with. */
  readonly name: string;
  /** Without the word "usage"; may have several lines. */
  readonly usage: string;
  readonly options?: O;
  /** How many words that are no options there may be; none where omitted. */
  readonly positionalsMax?: number;
}

type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>["values"];

export interface CommandLine<O extends Options> {
  readonly values: Values<O>;
  readonly positionals: readonly string[];
  /** Says what is wrong, with the usage, and ends the process with exit code 2. */
  readonly refuse: (problem: string) => never;
}

/** Reads the words after the command. Ends the process where it was asked for help, or where it cannot be understood. */
export function readCommandLine<const O extends Options = Record<never, never>>(
  { name, usage, options, positionalsMax = 0 }: CommandLineParts<O>,
  words: readonly string[] = process.argv.slice(2),
): CommandLine<O> {
  const refuse = (problem: string): never => {
    process.stderr.write(`${name}: ${problem}\nusage: ${usage}\n`);
    process.exit(2);
  };
  if (asksForHelp(words)) {
    process.stdout.write(`usage: ${usage}\n`);
    process.exit(0);
  }
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: options ?? ({} as O),
      allowPositionals: true,
    });
    const tooMuch = positionals[positionalsMax];
    if (tooMuch !== undefined) return refuse(`${tooMuch} is one word too many`);
    return { values: values as Values<O>, positionals, refuse };
  } catch (error) {
    return refuse((error as Error).message.split(". ")[0] ?? "");
  }
}

/** A word after `--` is no option. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).some((word) => /^(--help|-h)$/.test(word));
}
