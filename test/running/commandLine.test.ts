/** How every command answers `--help` and what it does not know. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

/** The package's commands that are programs of its own. */
const programs = [
  "src/main.ts",
  "src/cli/admin.ts",
  "src/cli/audit.ts",
  "src/cli/verify.ts",
  "scripts/build.mjs",
  "scripts/cluster/run.ts",
  "scripts/migrate-diff.ts",
  "scripts/writeAccessDocs.ts",
  "scripts/writeConfigurationDocs.ts",
  "scripts/writeSchema.ts",
  "examples/run.ts",
  "load/run.ts",
  "load/bench/run.ts",
  "test/chaos/cli.ts",
  "test/hostile/cli.ts",
  "test/laws/fuzz.ts",
  "test/simulation/cli.ts",
];

function run(program: string, ...words: string[]) {
  const loader = program.endsWith(".ts") ? ["--import", "tsx"] : [];
  const { status, stdout, stderr } = spawnSync(process.execPath, [...loader, program, ...words], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("RUN-3 is tested with every program that the package's commands start", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const started = Object.values(scripts).flatMap(
    (line) => line.match(/\b(?:src|scripts|examples|load|test)\/[\w./-]+\.(?:ts|mjs|js)\b/g) ?? [],
  );
  const sources = started.map((path) => path.replace(/\.js$/, ".ts"));
  expect(sources.filter((path) => !programs.includes(path) && !path.includes("config"))).toEqual(
    [],
  );
});

test.for(programs)(
  "RUN-3 %s tells its usage, and refuses what it does not know with it",
  { timeout: 60_000 },
  (program) => {
    const help = run(program, "--help");
    expect(help).toEqual({ status: 0, stdout: expect.stringMatching(/^usage: npm /), stderr: "" });
    const unknown = run(program, "--no-such-option");
    expect(unknown).toMatchObject({ status: 2, stdout: "" });
    expect(unknown.stderr).toMatch(
      /^[\w:]+: [^\n]*"--no-such-option"[^\n]*; see npm [^\n]+ --help\n$/,
    );
  },
);

test("RUN-3 the documents name files for the examples that a clone has", () => {
  for (const document of ["README.md", "CONTRIBUTING.md"]) {
    const text = readFileSync(document, "utf8");
    const files = [...text.matchAll(/npm run example -- \S+ ([^\s`]+)/g)].map(
      ([, file = ""]) => file,
    );
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) expect([file, existsSync(file)]).toEqual([file, true]);
  }
});

test.for([
  [
    "src/cli/admin.ts",
    ["gant", "ada@example.org"],
    'unknown command "gant" (did you mean "grant"?)',
  ],
  ["src/cli/admin.ts", ["sing-out"], 'unknown command "sing-out" (did you mean "sign-out"?)'],
  ["src/cli/admin.ts", ["something-else"], 'unknown command "something-else"; see'],
  [
    "src/cli/audit.ts",
    ["--form", "2026-01-01"],
    'unknown option "--form" (did you mean "--from"?)',
  ],
  [
    "src/cli/audit.ts",
    ["--result", "ACCPTED"],
    'unknown result "ACCPTED" (did you mean "ACCEPTED"?)',
  ],
  ["src/cli/verify.ts", ["one", "two"], '"two" is one word too many'],
] as const)("RUN-3 %s %j names the word and the nearest one", ([program, words, said]) => {
  const { status, stdout, stderr } = run(program, ...words);
  expect([status, stdout]).toEqual([2, ""]);
  expect(stderr).toContain(said);
  expect(stderr.match(/\n/g)).toHaveLength(1);
});
