/** Structured logs: one JSON object a line on standard error, with nothing secret in it. */
import { destination, pino, type LevelWithSilent, type Logger } from "pino";

export type { Logger };

/** Causes of causes that are told of an error. */
const CAUSES_MAX = 5;

/** The program's logger. Errors are logged with their causes. */
export function createLogger(level: LevelWithSilent): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: (error: unknown) => loggedError(error) },
    },
    standardError(),
  );
}

function standardError() {
  // A line is written before the program goes on, so that none is lost when it ends.
  const output = destination({ fd: 2, sync: true });
  // A terminal that is gone must not end the program.
  output.on("error", () => undefined);
  return output;
}

/**
 * What is told of an error. Not all it carries: those of pg and ioredis hold their connection, with its options and
 * the text of every statement.
 */
function loggedError(error: unknown, causesMax = CAUSES_MAX): unknown {
  if (!(error instanceof Error)) return String(error);
  const { name, message, stack, cause } = error;
  const { code } = error as { readonly code?: unknown };
  return {
    type: name,
    message,
    ...(typeof code === "string" ? { code } : {}),
    stack,
    ...(cause === undefined || causesMax === 0 ? {} : { cause: loggedError(cause, causesMax - 1) }),
  };
}

/** Reports what went wrong and harmed no request: one line, and the error that was caught. */
export type Warn = (message: string, cause?: unknown) => void;
