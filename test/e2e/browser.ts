/** The browser of the end-to-end tests: `CHROMIUM`, else one of this machine. */
import { chromium, type Browser } from "playwright-core";
import { findProgram } from "../setup/debianPackage.js";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/** Nothing of what a browser does on its own account. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts it. Rejects with how to get one where there is none. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: findChromium(), args: ARGUMENTS });
}

function findChromium(): string {
  const named = process.env["CHROMIUM"];
  if (named !== undefined && named !== "") return named;
  const found = findProgram(...NAMES);
  if (found !== undefined) return found;
  throw new Error(
    "there is no Chromium: set CHROMIUM to one, or install it (Debian, as root: apt-get update && apt-get install -y chromium)",
  );
}
