/**
 * What the image holds: the files that the Dockerfile's last stage copies, in a folder of their own, with the packages that
 * the Dockerfile leaves in node_modules and no others.
 */
import {
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { productionPackages } from "./productionPackages.js";

export interface ImageFolder {
  readonly path: string;
  remove(): void;
}

/** Copies the files from this checkout, which has to be built. */
export function copyImage(): ImageFolder {
  const path = mkdtempSync(join(tmpdir(), "strata-image-"));
  const dockerfile = readFileSync("Dockerfile", "utf8");
  for (const [from, to] of copies(dockerfile)) {
    if (from === "node_modules") copyPackages(dockerfile, path);
    else cpSync(from, join(path, to), { recursive: true });
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function copyPackages(dockerfile: string, path: string): void {
  const names = dockerfile.matchAll(/dependencies\.([@\w/-]+)/g);
  const leftOut = [...names].map(([, name = ""]) => name);
  for (const folder of productionPackages(leftOut)) link(folder, join(path, folder));
}

/** Gives the files of a package a second name; packages within it are packages of their own. */
function link(from: string, to: string): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) {
      if (entry.name !== "node_modules") link(source, target);
    } else {
      linkOrCopy(source, target);
    }
  }
}

/** The folder for temporary files may be on another disk. */
function linkOrCopy(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch {
    copyFileSync(source, target);
  }
}

/** What is copied to where, relative to this checkout and to the image's folder. */
function copies(dockerfile: string): (readonly [from: string, to: string])[] {
  const stages = dockerfile.split(/^FROM /m);
  const lines = [...(stages.at(-1) ?? "").matchAll(/^COPY (?:--\S+ )?(?:\/app\/)?(\S+) (\S+)$/gm)];
  return lines.map(([, from = "", to = ""]) => {
    if (!existsSync(from)) throw new Error(`the Dockerfile copies ${from}, which is not there`);
    return [from, to === "./" ? from : to] as const;
  });
}
