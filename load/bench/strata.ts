/** Strata as its users reach it: a server in a process of its own on the run's database, an account, templates. */
import { signUp } from "../../examples/account.js";
import { createClient } from "../../examples/client.js";
import { createTemplate } from "../../examples/editor.js";
import type { Design } from "../../src/domain/document/design.js";
import type { BenchContext } from "./benchmark.js";
import { startChild, type Usage } from "./processes/child.js";

export interface Strata {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  readonly token: string;
  newTemplate(design: Design): Promise<string>;
  usage(options: { readonly collect: boolean }): Promise<Usage>;
  stop(): Promise<void>;
}

/** `execArgv`: further options of Node for the server's process, such as --cpu-prof. */
export async function startStrata(
  { database }: BenchContext,
  execArgv: readonly string[] = [],
): Promise<Strata> {
  const environment = { DATABASE_URL: database.url, DATA_DIR: database.dataDir };
  const child = await startChild("strataServer", environment, execArgv);
  const token = await signUp(child.url, "Bench");
  return {
    url: child.url,
    token,
    async newTemplate(design) {
      const client = createClient({ url: child.url, token });
      try {
        return await createTemplate(client, "Bench", design);
      } finally {
        await client.close();
      }
    },
    usage: (options) => child.ask<Usage>("usage", options),
    stop: () => child.stop(),
  };
}
