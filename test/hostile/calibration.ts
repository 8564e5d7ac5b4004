/**
 * What is the machine's part in how long others wait. An attacker and PostgreSQL take processors from the node on one machine,
 * so a bystander is served more slowly whatever the node does: the same bystander is measured beside processes that take as much
 * and ask nothing.
 */
import { fork } from "node:child_process";

/** Processors that an attack takes outside of the node: 1 is one of them all the time. */
export interface ProcessorShares {
  readonly attacker: number;
  readonly postgres: number;
}

/** Takes so much of the processors while the work goes on. */
export async function besideBurners<T>(
  { attacker, postgres }: ProcessorShares,
  work: () => Promise<T>,
): Promise<T> {
  // PostgreSQL works in several processes, of which each takes at most one processor.
  const processes = Math.max(1, Math.ceil(postgres));
  const shares = [attacker, ...Array.from({ length: processes }, () => postgres / processes)];
  const burners = shares.map((share) => {
    const burner = fork(new URL("./burnerProcess.ts", import.meta.url), {
      execArgv: ["--import", "tsx"],
    });
    burner.send(within(share));
    return burner;
  });
  try {
    return await work();
  } finally {
    for (const burner of burners) burner.kill();
  }
}

const within = (share: number) => Math.min(0.98, Math.max(0.01, share));
