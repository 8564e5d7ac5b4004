/** Writes docs/CONFIGURATION.md from the settings; a test fails where the file is out of date. */
import { writeFileSync } from "node:fs";
import { readCommandLine } from "../src/cli/commandLine.js";
import { configurationPage } from "../src/config/documentation.js";

readCommandLine({ name: "config:docs", usage: "npm run config:docs" });
writeFileSync("docs/CONFIGURATION.md", configurationPage());
