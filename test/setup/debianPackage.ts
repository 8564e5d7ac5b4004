/** Programs that the tests need and a machine lacks: on Debian as root their packages are installed. */
import { spawnSync } from "node:child_process";
import { accessSync, constants, existsSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The first program on the PATH by one of the names. */
export function findProgram(...names: readonly string[]): string | undefined {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

/** Whether Debian's package was installed; a service in it is kept from starting. */
export function installOnDebian(name: string): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/etc/debian_version")) return false;
  const policy = "/usr/sbin/policy-rc.d";
  const policyIsOurs = !existsSync(policy);
  if (policyIsOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    console.log(`installing Debian's ${name} for the tests`);
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const update = spawnSync("apt-get", ["update", "-qq"], { env, encoding: "utf8" });
    const install = ["install", "-y", "-qq", "--no-install-recommends", name];
    const result = spawnSync("apt-get", install, { env, encoding: "utf8" });
    if (result.status !== 0) console.error(`${update.stderr ?? ""}${result.stderr ?? ""}`.trim());
    return result.status === 0;
  } finally {
    if (policyIsOurs) rmSync(policy, { force: true });
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
