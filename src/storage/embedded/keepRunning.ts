/**
 * Keeps an embedded server running: one that dies (out of memory, killed) is started again at its old address, so that
 * edits go on without a restart of Strata. After a few failures in a row it is left alone, with one line that says so.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Postmaster } from "./postmaster.js";

export interface RestartPace {
  /** Failures in a row after which no more is tried. */
  readonly triesMax: number;
  /** Before the second try; twice as long before each further one. */
  readonly delayMs: number;
}

export const defaultRestartPace: RestartPace = { triesMax: 6, delayMs: 250 };

export interface KeptServer {
  readonly server: Postmaster;
  readonly isGone: (server: Postmaster) => boolean;
  /** Starts it at the same port. Rejects where it does not start. */
  readonly start: () => Promise<Postmaster>;
  readonly log: (line: string) => void;
  readonly pace: RestartPace;
}

const LOOK_MS = 200;

/** Looks after the server from now on; returns how to end that, which resolves with the server of the moment. */
export function keepRunning(kept: KeptServer): () => Promise<Postmaster> {
  const { isGone, log } = kept;
  let { server } = kept;
  let timer: NodeJS.Timeout | undefined;
  let ended = false;
  let restarting: Promise<void> | undefined;
  const look = (): void => {
    timer = setTimeout(() => {
      if (!isGone(server)) return look();
      log("PostgreSQL ended; starting it again");
      restarting = restart(kept, () => ended).then((started) => {
        if (started === undefined) return;
        server = started;
        log("PostgreSQL is running again");
        if (!ended) look();
      });
    }, LOOK_MS).unref();
  };
  look();
  return async () => {
    ended = true;
    clearTimeout(timer);
    await restarting;
    return server;
  };
}

/** The server that was started, or undefined where that was given up. */
async function restart(
  { start, log, pace }: KeptServer,
  ended: () => boolean,
): Promise<Postmaster | undefined> {
  for (let tried = 1; !ended(); tried += 1) {
    try {
      return await start();
    } catch (error) {
      log(`PostgreSQL: ${(error as Error).message}`);
      if (tried >= pace.triesMax) {
        log("PostgreSQL does not start and will not be restarted; restart Strata");
        return undefined;
      }
      await sleep(pace.delayMs * 2 ** (tried - 1), undefined, { ref: false });
    }
  }
  return undefined;
}
