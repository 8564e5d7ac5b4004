/** Structured logs: one JSON object a line on standard error, with nothing secret in it. */
import { destination, pino, type Logger } from "pino";
import type { Config } from "./config.js";

export type { Logger };

/** The program's logger. Errors are logged with their causes; what could carry a secret is left out. */
export function createLogger(level: Config["server"]["logLevel"]): Logger {
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: pino.stdSerializers.errWithCause },
      redact: {
        // Errors of pg and ioredis can carry the options of their connection.
        paths: ["*.password", "*.token", "*.authorization", "*.connectionString", "*.url"],
        censor: "(left out)",
      },
    },
    // A line is written before the program goes on, so that none is lost when it ends.
    destination({ fd: 2, sync: true }),
  );
}
