/**
 * Reads the words after a command, the same way for all commands. `--help` writes the usage and ends with exit code 0. Words
 * that the command does not understand end it with exit code 2 and one line that names the word and what it may mean.
 */
import { parseArgs, type ParseArgsConfig } from "node:util";
import { nearestWord } from "./nearestWord.js";
import { processTerminal, type Terminal } from "./terminal.js";

type Options = NonNullable<ParseArgsConfig["options"]>;

export interface CommandLineParts<O extends Options> {
  /** What messages begin with. */
  readonly name: string;
  /** Without the word "usage"; begins with the npm command, and may have several lines. */
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
  /** Says what is wrong in one line, with how to read the usage, and ends the command with exit code 2. */
  readonly refuse: (problem: string) => never;
}

/** Reads the words. Ends the command where they ask for help, or where it does not understand them. */
export function readCommandLine<const O extends Options = Record<never, never>>(
  { name, usage, options, positionalsMax = 0 }: CommandLineParts<O>,
  words: readonly string[] = process.argv.slice(2),
  terminal: Terminal = processTerminal,
): CommandLine<O> {
  const refuse = (problem: string): never => {
    terminal.err(`${name}: ${problem}; see ${helpCommand(usage)}\n`);
    return terminal.exit(2);
  };
  if (asksForHelp(words)) {
    terminal.out(`usage: ${usage}\n`);
    return terminal.exit(0);
  }
  const known = options ?? ({} as O);
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      options: known,
      allowPositionals: true,
    });
    const tooMuch = positionals[positionalsMax];
    if (tooMuch !== undefined) return refuse(`"${tooMuch}" is one word too many`);
    return { values: values as Values<O>, positionals, refuse };
  } catch (error) {
    return refuse(optionProblem(error as NodeJS.ErrnoException, Object.keys(known)));
  }
}

/** The word, and in brackets what it may mean. */
export function unknownWord(kind: string, word: string, known: readonly string[]): string {
  const nearest = nearestWord(word, known);
  return `unknown ${kind} "${word}"${nearest === undefined ? "" : ` (did you mean "${nearest}"?)`}`;
}

/** In the words of `parseArgs`, but where it does not know the option. */
function optionProblem({ code, message }: NodeJS.ErrnoException, known: readonly string[]): string {
  const [, option] = /'(-[^']*)'/.exec(message) ?? [];
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && option !== undefined) {
    return unknownWord(
      "option",
      option,
      known.map((one) => `--${one}`),
    );
  }
  return (message.split(". ")[0] ?? "").replaceAll(/\s+/g, " ");
}

/** `npm run audit -- --help` of `npm run audit -- [--from INSTANT] …`. */
function helpCommand(usage: string): string {
  const [, command = "npm start"] = /^(npm (?:run )?[\w:-]+)/.exec(usage) ?? [];
  return `${command} -- --help`;
}

/** A word after `--` is no option. */
function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf("--");
  return words.slice(0, end < 0 ? undefined : end).some((word) => /^(--help|-h)$/.test(word));
}
