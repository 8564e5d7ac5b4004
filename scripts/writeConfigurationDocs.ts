/** Writes docs/CONFIGURATION.md from the settings; a test fails where the file is out of date. */
import { writeFileSync } from "node:fs";
import { configurationPage } from "../src/config/documentation.js";

writeFileSync("docs/CONFIGURATION.md", configurationPage());
