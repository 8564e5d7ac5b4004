/**
 * When a program is asked to stop: by Ctrl-C, by SIGTERM, or because its terminal was closed. One Ctrl-C may arrive
 * twice: the terminal sends it to every process of the command, and npm passes its own on to the program.
 */
import { constants } from "node:os";
import { systemClock } from "./clock.js";

const STOP_SIGNALS = ["SIGINT", "SIGTERM"] as const;
const HANGUP = "SIGHUP";

/** Signals within this time are one request to stop; a person who presses again after reading that it stops is later. */
const SAME_REQUEST_MS = 500;

export interface StopHandlers {
  /** The first request: stop in order. Called once. */
  readonly stop: () => void;
  /** A later request: whoever asks again does not want to wait. */
  readonly stopNow: () => void;
}

/**
 * Lets a program that does nothing about these signals end by them with its `exit` handlers run, as by `process.exit`.
 * Returns how to end that.
 */
export function exitOnStopSignals(): () => void {
  const signals = (hasTerminal() ? [...STOP_SIGNALS, HANGUP] : STOP_SIGNALS).filter(
    (signal) => process.listenerCount(signal) === 0,
  );
  const exit = (signal: NodeJS.Signals) => process.exit(128 + constants.signals[signal]);
  for (const signal of signals) process.on(signal, exit);
  return () => {
    for (const signal of signals) process.off(signal, exit);
  };
}

/** Calls the handlers from now on; the process no longer ends by these signals itself. */
export function onStopSignals({ stop, stopNow }: StopHandlers): void {
  let askedAt: number | undefined;
  const asked = (): void => {
    if (askedAt === undefined) {
      askedAt = systemClock.monotonic();
      stop();
    } else if (systemClock.monotonic() - askedAt > SAME_REQUEST_MS) {
      stopNow();
    }
  };
  for (const signal of STOP_SIGNALS) process.on(signal, asked);
  // Without a terminal (nohup) the signal of a closing one is meant to be ignored.
  if (!hasTerminal()) return;
  process.on(HANGUP, asked);
  // What is written to a terminal that is gone fails, and must not end the process before it has stopped.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => undefined);
}

function hasTerminal(): boolean {
  return [process.stdin, process.stdout, process.stderr].some(({ isTTY }) => isTTY);
}
