/** `npm run admin`: administers a deployment beside its running nodes; what it can do is in adminCommand.ts. */
import { adminCommand } from "./adminCommand.js";
import { runCommand } from "./databaseCommand.js";
import { processTerminal } from "./terminal.js";

process.exitCode = await runCommand("admin", () =>
  adminCommand(process.argv.slice(2), processTerminal),
);
