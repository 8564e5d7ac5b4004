/** What the image holds beside node_modules: the files that the Dockerfile's last stage copies, in a folder of their own. */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ImageFolder {
  readonly path: string;
  remove(): void;
}

/** Copies the files from this checkout, which has to be built. */
export function copyImage(): ImageFolder {
  const path = mkdtempSync(join(tmpdir(), "strata-image-"));
  for (const [from, to] of copies()) {
    if (from === "node_modules") symlinkSync(join(process.cwd(), from), join(path, to));
    else cpSync(from, join(path, to), { recursive: true });
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What is copied to where, relative to this checkout and to the image's folder. */
function copies(): (readonly [from: string, to: string])[] {
  const stages = readFileSync("Dockerfile", "utf8").split(/^FROM /m);
  const lines = [...(stages.at(-1) ?? "").matchAll(/^COPY (?:--\S+ )?(?:\/app\/)?(\S+) (\S+)$/gm)];
  return lines.map(([, from = "", to = ""]) => {
    if (!existsSync(from)) throw new Error(`the Dockerfile copies ${from}, which is not there`);
    return [from, to === "./" ? from : to] as const;
  });
}
