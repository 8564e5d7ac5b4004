/** Writes docs/ACCESS.md from the function that decides; a test fails where the file is out of date. */
import { writeFileSync } from "node:fs";
import { readCommandLine } from "../src/cli/commandLine.js";
import { accessPage } from "./accessPage.js";

readCommandLine({ name: "access:docs", usage: "npm run access:docs" });
writeFileSync("docs/ACCESS.md", accessPage());
