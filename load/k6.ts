/** Finds k6 and runs a scenario with it. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";

/** k6 says by this code that a threshold was crossed. */
const EXIT_CODE_THRESHOLDS = 99;

export const K6_MISSING =
  "there is no k6: see https://grafana.com/docs/k6/latest/set-up/install-k6/, or with Go: go install go.k6.io/k6@latest";

/** What k6 measured, by metric: counts, rates and percentiles, times in milliseconds. */
export interface Summary {
  readonly metrics: { readonly [metric: string]: { readonly [value: string]: number } };
  readonly thresholdsMet: boolean;
}

/** The program: on the PATH, or where Go puts what it installs; undefined where there is none. */
export function findK6(): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const go = spawnSync("go", ["env", "GOPATH"], { encoding: "utf8" });
  if (go.status === 0) folders.push(join(go.stdout.trim(), "bin"));
  return folders.map((folder) => join(folder, "k6")).find((path) => existsSync(path));
}

/** Runs a script; what k6 prints goes to this process' output. Rejects where the scenario itself broke. */
export async function runK6(
  program: string,
  script: string,
  environment: { readonly [name: string]: string },
): Promise<Summary> {
  const folder = mkdtempSync(join(tmpdir(), "strata-load-"));
  const summaryFile = join(folder, "summary.json");
  try {
    const child = spawn(
      program,
      [
        "run",
        "--no-usage-report",
        "--summary-trend-stats",
        "med,avg,p(95),p(99),max,count",
        "--summary-export",
        summaryFile,
        script,
      ],
      {
        env: { ...process.env, ...environment },
        stdio: "inherit",
      },
    );
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", resolve);
    });
    if (code !== 0 && code !== EXIT_CODE_THRESHOLDS) throw new Error(`k6 ended with ${code}`);
    const { metrics } = JSON.parse(readFileSync(summaryFile, "utf8")) as Pick<Summary, "metrics">;
    return { metrics, thresholdsMet: code === 0 };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
