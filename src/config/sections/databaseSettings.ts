/** Where the database is, and how it is used. */
import { z } from "zod";
import { numberSettings } from "../numberSettings.js";
import { optionalText } from "../setting.js";

function addressOf(protocols: RegExp, expected: string) {
  return { expected, schema: z.url({ protocol: protocols }), secret: true };
}

export const databaseSettings = {
  url: optionalText(
    "DATABASE_URL",
    "the PostgreSQL to use",
    "an embedded PostgreSQL with its data in DATA_DIR",
    addressOf(/^postgres(ql)?$/, "an address such as postgresql://user:password@host:5432/strata"),
  ),
  ...numberSettings(
    { poolConnectionsMax: 10, statementMs: 30_000, connectMs: 5_000 },
    {
      poolConnectionsMax: {
        description:
          "connections to PostgreSQL; at most half of them serve changes that lock rows, except edits of documents",
        min: 2,
        max: 1_000,
      },
      statementMs: {
        description: "milliseconds after which a statement is cancelled",
        min: 100,
        max: 3_600_000,
      },
      connectMs: {
        description: "milliseconds to wait for a connection, or for a turn to get one",
        min: 100,
        max: 600_000,
      },
    },
  ),
};
