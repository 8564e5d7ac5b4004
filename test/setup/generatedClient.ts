/** Makes the generated code that suites import; `npx vitest` alone would not have built it. */
import { spawnSync } from "node:child_process";

export default function setup(): void {
  spawnSync(process.execPath, ["scripts/build.mjs", "generate"], { stdio: "inherit" });
}
