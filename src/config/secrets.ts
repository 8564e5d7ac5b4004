/** Secrets that nobody gave: made once and kept in the data folder, readable only by its owner. */
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { StartError } from "../platform/startError.js";

const secrets = z.object({ jwtSecret: z.string().min(32), demoPassword: z.string().min(8) });
export type Secrets = z.infer<typeof secrets>;

/** The file of a data folder that keeps them. */
export function secretsFile(dataDir: string): string {
  return join(dataDir, "secrets.json");
}

/** The secrets of the data folder, made where they are missing. Throws StartError. */
export function keptSecrets(dataDir: string): Secrets {
  const path = secretsFile(dataDir);
  const kept = readKept(path);
  if (kept !== undefined) return kept;
  const made = {
    jwtSecret: randomBytes(48).toString("base64url"),
    demoPassword: randomBytes(12).toString("base64url"),
  };
  keep(path, dataDir, made);
  return made;
}

/** Written aside and renamed: a start that is killed leaves no half a file. */
function keep(path: string, dataDir: string, made: Secrets): void {
  const aside = `${path}.${process.pid}`;
  try {
    mkdirSync(dataDir, { recursive: true });
    writeFileSync(aside, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
    renameSync(aside, path);
  } catch (error) {
    throw new StartError(
      `${path} cannot be written; set DATA_DIR to a folder that this user can write`,
      {
        cause: error,
      },
    );
  }
}

function readKept(path: string): Secrets | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new StartError(`${path} cannot be read`, { cause: error });
  }
  const parsed = secrets.safeParse(jsonOf(text));
  if (!parsed.success) {
    throw new StartError(
      `${path} is damaged; delete it to generate new secrets (all tokens become invalid)`,
    );
  }
  // A copied or restored folder may have lost the mode.
  chmodSync(path, 0o600);
  return parsed.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
