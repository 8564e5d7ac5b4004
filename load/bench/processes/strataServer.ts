/** The server under test: Strata with the defaults of its configuration but for rates, in a process that tells its usage. */
import { readConfig } from "../../../src/config/readConfig.js";
import { startServer } from "../../../src/node/server.js";
import { answerQuestions } from "./answering.js";
import { generousLimits } from "../../generousLimits.js";

const server = await startServer(
  readConfig({ ...process.env, ...generousLimits, PORT: "0", DEMO: "false" }),
);

process.once("SIGTERM", () => {
  void server.close().then(() => process.exit(0));
});

answerQuestions(server.url, {});
