/** How long recovery took, per fault. */
import type { Recovery } from "./run.js";

export interface FaultTimes {
  readonly fault: string;
  readonly count: number;
  /** In milliseconds; null where nothing goes on while the fault lasts. */
  readonly takeoverMedianMs: number | null;
  readonly takeoverMaxMs: number | null;
  readonly recoveryMedianMs: number;
  readonly recoveryMaxMs: number;
}

/** In the order in which faults came first. */
export function timesOf(recoveries: readonly Recovery[]): FaultTimes[] {
  const faults = [...new Set(recoveries.map(({ fault }) => fault))];
  return faults.map((fault) => {
    const of = recoveries.filter((recovery) => recovery.fault === fault);
    const takeovers = of.flatMap(({ takeoverMs }) => (takeoverMs === undefined ? [] : takeoverMs));
    const back = of.map(({ recoveryMs }) => recoveryMs);
    return {
      fault,
      count: of.length,
      takeoverMedianMs: takeovers.length === 0 ? null : median(takeovers),
      takeoverMaxMs: takeovers.length === 0 ? null : Math.round(Math.max(...takeovers)),
      recoveryMedianMs: median(back),
      recoveryMaxMs: Math.round(Math.max(...back)),
    };
  });
}

/** As a table of Markdown. */
export function tableOf(times: readonly FaultTimes[]): string {
  const rows = times.map((row) =>
    [
      row.fault,
      row.count,
      pair(row.takeoverMedianMs, row.takeoverMaxMs),
      pair(row.recoveryMedianMs, row.recoveryMaxMs),
    ].join(" | "),
  );
  const head =
    "fault | times | goes on after (median / max, ms) | well again after (median / max, ms)";
  return [head, "--- | ---: | ---: | ---:", ...rows].map((row) => `| ${row} |`).join("\n");
}

function pair(medianMs: number | null, maxMs: number | null): string {
  return medianMs === null ? "" : `${medianMs} / ${maxMs}`;
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const [low = 0, high = 0] = [sorted.length - 1, sorted.length].map(
    (place) => sorted[Math.floor(place / 2)],
  );
  return Math.round((low + high) / 2);
}
