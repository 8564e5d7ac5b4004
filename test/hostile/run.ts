/** A whole run: a server of its own, somebody who works on it, an attack, and what came of it all. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import type { AttackOptions, AttackReport } from "./attack.js";
import { startBystander } from "./bystander.js";
import { besideBurners, type ProcessorShares } from "./calibration.js";
import { postmasterOf, processorMs } from "./processorTime.js";
import type { NodeLoad } from "./serverProcess.js";

export interface HostileRun {
  readonly databaseUrl: string;
  readonly seed: number;
  readonly requests: number;
  /** Requests under way at once. */
  readonly width: number;
  /** Whether large templates are read meanwhile. */
  readonly heavy?: boolean;
  /** Whether the bystander is measured beside burners, too, which take as much of the processors as the attack. */
  readonly calibrated?: boolean;
  /** Told how far it is. */
  readonly progress?: (text: string) => void;
}

export interface HostileReport extends AttackReport {
  readonly heapBytesBefore: number;
  readonly heapBytesAfter: number;
  /** Milliseconds of a bystander's edits without and under the attack. */
  readonly quiet: readonly number[];
  readonly attacked: readonly number[];
  /** The same beside processes that take as much of the processors and ask nothing; empty unless asked for. */
  readonly calibrated: readonly number[];
  /** What the attacker and PostgreSQL took of the processors, and what the node did meanwhile. */
  readonly processors: ProcessorShares;
  readonly quietLoad: NodeLoad;
  readonly attackedLoad: NodeLoad;
  readonly bystanderFailures: readonly string[];
  /** The code with which the server ended when it was told to; null where it fell before. */
  readonly exitCode: number | null;
}

/** Some 50 edits: enough that their 99th percentile is no accident. */
const QUIET_MS = 5_000;
/** As long as the quiet that it is compared with, twice, since it scatters more. */
const CALIBRATION_MS = 10_000;
/** A collection after the last connections are gone. */
const SETTLE_MS = 2_500;

export async function runHostile(run: HostileRun): Promise<HostileReport> {
  const server = startProcess(run.databaseUrl);
  try {
    const { port } = await messageOf<{ port: number }>(server);
    const bystander = await startBystander(port);
    // What is made once and kept, such as caches and compiled code, is there before it is measured.
    run.progress?.("warming up");
    const { width, heavy = false } = run;
    const warmUp = Math.min(run.requests, 1_000);
    await attackFrom({ port, seed: run.seed + 1, requests: warmUp, width, heavy });
    await pause(SETTLE_MS);
    bystander.takeLatencies();
    await loadOf(server);
    await pause(QUIET_MS);
    const quiet = bystander.takeLatencies();
    const quietLoad = await loadOf(server);
    const heapBytesBefore = await heapOf(server);
    await loadOf(server);
    // A database elsewhere has no processes here; the calibrated run brings its own.
    const postmaster = run.calibrated === true ? await postmasterOf(run.databaseUrl) : undefined;
    const [began, usedBefore] = [performance.now(), processorMs(postmaster)];
    const report = await attackFrom({
      port,
      seed: run.seed,
      requests: run.requests,
      width,
      heavy,
      done: (count) => run.progress?.(`${count} of ${run.requests} requests`),
    });
    const attacked = bystander.takeLatencies();
    const attackedLoad = await loadOf(server);
    const tookMs = performance.now() - began;
    const processors = {
      attacker: report.processorMs / tookMs,
      postgres: (processorMs(postmaster) - usedBefore) / tookMs,
    };
    await pause(SETTLE_MS);
    const heapBytesAfter = await heapOf(server);
    bystander.takeLatencies();
    if (run.calibrated === true) await besideBurners(processors, () => pause(CALIBRATION_MS));
    const calibrated = bystander.takeLatencies();
    const bystanderFailures = await bystander.stop();
    const exitCode = await stop(server);
    const memory = { heapBytesBefore, heapBytesAfter };
    const waited = { quiet, attacked, calibrated };
    const loads = { processors, quietLoad, attackedLoad };
    return { ...report, ...memory, ...waited, ...loads, bystanderFailures, exitCode };
  } finally {
    server.kill("SIGKILL");
  }
}

function startProcess(databaseUrl: string): ChildProcess {
  return fork(new URL("./serverProcess.ts", import.meta.url), {
    execArgv: ["--import", "tsx", "--expose-gc"],
    env: {
      ...process.env,
      NODE_ENV: "test",
      PORT: "0",
      DATABASE_URL: databaseUrl,
      JWT_SECRET: "a secret of the tests, long enough",
      LOG_LEVEL: "silent",
      TRUSTED_PROXIES: "1",
      // So that many get as far as they can.
      REQUESTS_PER_MINUTE_MAX: "1_000_000",
      ADDRESS_REQUESTS_PER_MINUTE_MAX: "1_000_000",
      // Those of nobody stay as small as they are by default.
      HTTP_BODY_BYTES_MAX: "24_000_000",
      // Full after the warming up, so that what grows later is no cache.
      LIVE_BYTES_MAX: "50_000_000",
      WEB_SOCKET_INIT_MS: "500",
      SHUTDOWN_MS: "5_000",
    },
  });
}

type AttackMessage =
  | { readonly count: number }
  | {
      readonly answers: [string, number][];
      readonly failures: readonly string[];
      readonly processorMs: number;
    };

interface TimedAttack extends AttackReport {
  /** Processor time that the attacker took. */
  readonly processorMs: number;
}

/** Attacks from a process of its own. */
async function attackFrom({ done, ...options }: AttackOptions): Promise<TimedAttack> {
  const attacker = fork(new URL("./attackProcess.ts", import.meta.url), {
    execArgv: ["--import", "tsx"],
  });
  try {
    return await new Promise<TimedAttack>((resolve, reject) => {
      attacker.on("message", (message: AttackMessage) => {
        if ("count" in message) done?.(message.count);
        else resolve({ ...message, answers: new Map(message.answers) });
      });
      attacker.once("exit", () => reject(new Error("the attack fell")));
      attacker.send(options);
    });
  } finally {
    attacker.kill();
  }
}

/** What the node did since the last call. */
async function loadOf(server: ChildProcess): Promise<NodeLoad> {
  server.send("load");
  return (await messageOf<{ load: NodeLoad }>(server)).load;
}

async function heapOf(server: ChildProcess): Promise<number> {
  server.send("heap");
  return (await messageOf<{ heapBytes: number }>(server)).heapBytes;
}

async function stop(server: ChildProcess): Promise<number | null> {
  if (server.exitCode !== null) return null;
  const exited = once(server, "exit");
  server.send("stop");
  return ((await exited) as [number | null])[0];
}

async function messageOf<T>(server: ChildProcess): Promise<T> {
  const fell = once(server, "exit").then(() => {
    throw new Error("the server fell");
  });
  const [message] = (await Promise.race([once(server, "message"), fell])) as [T];
  fell.catch(() => undefined);
  return message;
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
