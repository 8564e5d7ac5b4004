/** Only the clock's own file asks the machine for the time, and no age is told from two instants. */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The files that ask the machine itself. */
const machineClocks = [
  "src/platform/clock.ts",
  "src/cluster/nodeGauges.ts",
  // How long a transaction waits for its turn on this node, told by the monotonic time of the machine.
  "src/storage/postgres/transactionTurns.ts",
  "src/storage/postgres/waitingLine.ts",
];

/** Comparisons of the present with an instant that was stored, or that another party names. */
const instantsCompared = [
  // Expiry that a token names, by the database's clock.
  "src/http/authenticate.ts",
  "src/accounts/verifyToken.ts",
  // How long ago another node committed: shown only.
  "src/cluster/busLag.ts",
  // When a node was last heard of: shown only.
  "src/schema/cluster/serverNode.ts",
  // Lifetimes asked for as an instant.
  "src/commands/credentials/apiTokens.ts",
  "src/commands/teams/invitations.ts",
  "src/commands/access/shareLinks.ts",
  // What has been in the bin for days.
  "src/node/wireTeams.ts",
  // How far the machine's clock is from the database's.
  "src/cli/adminAccounts.ts",
  // The clock itself.
  "src/platform/databaseClock.ts",
  // Goes on from the last id where the clock is behind.
  "src/platform/timeOrderedId.ts",
];

const readsMachine = /\bDate\.now\b|\bnew Date\(\)|\bperformance\.now\b|\bhrtime\b/;

/** The lines on which an instant of a clock is compared, or something is taken from it or it from something. */
function comparisons(source: string): string[] {
  const names = [...source.matchAll(/(?:const|let) (\w+) = [\w.#]*\bnow\(\);/g)].map(
    ([, name = ""]) => name,
  );
  const instant = `(?:[\\w.#]*\\bnow\\(\\)${names.map((name) => `|(?<![.\\w])${name}(?![\\w:])`).join("")})`;
  const found = new RegExp(`${instant}\\s*(?:-|[<>]=?)\\s|\\s(?:-|[<>]=?)\\s*${instant}`);
  return source.split("\n").filter((line) => !/^\s*(\*|\/\/|\/\*)/.test(line) && found.test(line));
}

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".ts") && !file.includes("generated"))
  .map((file) => ({ file: `src/${file}`, source: readFileSync(`src/${file}`, "utf8") }));

test("TIME-3 only the clock asks the machine for the time", () => {
  const asking = sources.filter(({ source }) =>
    source.split("\n").some((line) => !/^\s*(\*|\/\/)/.test(line) && readsMachine.test(line)),
  );
  const others = asking.map(({ file }) => file).filter((file) => !machineClocks.includes(file));
  expect(others.filter((file) => !instantsCompared.includes(file))).toEqual([]);
});

test("TIME-3 no age or deadline is told from instants", () => {
  const found = sources
    .filter(({ file }) => ![...machineClocks, ...instantsCompared].includes(file))
    .flatMap(({ file, source }) => comparisons(source).map((line) => `${file}: ${line.trim()}`));
  expect(found, "use clock.monotonic() for ages and deadlines on this node").toEqual([]);
});

test("TIME-3 comparisons of instants are seen", () => {
  expect(comparisons("const isFresh = this.parts.clock.now() - readAt < 500;")).toHaveLength(1);
  expect(comparisons("const now = clock.now();\nif (now - usedAt < 5) return;")).toHaveLength(1);
  expect(comparisons("if (until > clock.now()) return;")).toHaveLength(1);
  expect(comparisons("const at = clock.now();\nwrite({ at, now: at });")).toHaveLength(0);
});
