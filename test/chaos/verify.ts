/** The chain of a template's log and all its stored documents, by the program that operators use for it. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { Cluster } from "./cluster.js";

/** Notes what it says; damage is a violation, thrown. */
export async function verify(
  { postgres, timeline, workDir }: Cluster,
  programDir: string,
  templateId: string,
): Promise<void> {
  const child = spawn(process.execPath, [join(programDir, "dist/src/cli/verify.js"), templateId], {
    env: { PATH: process.env["PATH"], DATABASE_URL: postgres.url.href, DATA_DIR: workDir },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  const code = await new Promise((resolve) => child.once("close", resolve));
  timeline.note(`verify: ${output.trim().split("\n").join("; ")}`);
  if (code !== 0) timeline.violate("FAIL-2", `verify ended with ${String(code)}`);
  timeline.check();
}
