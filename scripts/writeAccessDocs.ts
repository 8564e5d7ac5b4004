/** Writes docs/ACCESS.md from the function that decides; a test fails where the file is out of date. */
import { writeFileSync } from "node:fs";
import { accessPage } from "./accessPage.js";

writeFileSync("docs/ACCESS.md", accessPage());
