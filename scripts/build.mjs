/**
 * Builds what is needed, and only where it is stale: the Prisma client, then the program in dist/.
 *
 *   node scripts/build.mjs            both
 *   node scripts/build.mjs generate   only the Prisma client (what type checks and tests need)
 *
 * Staleness is decided by content, not by time: a stamp holds the hash of everything that went in. A fresh clone, a
 * branch switch and a touched file therefore all do the right thing. Plain JavaScript on purpose: it is what runs
 * before anything else is built. Files that are read at run time (migrations, the studio) are read from the package
 * root and are not copied.
 */
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  linkSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);

const CLIENT_STAMP = "src/storage/generated/.stamp";
const GENERATED = [
  CLIENT_STAMP,
  "src/storage/generated/prisma/client.ts",
  "src/schema/generated/pothos.ts",
];
/** What writes them. */
const GENERATORS = ["@prisma/client-generator-ts", "@prisma/internals", "@pothos/plugin-prisma"];
const DIST_STAMP = "dist/.stamp.json";
const LOCK = "node_modules/.strata-build.lock";
const LOCK_WAIT_MS = 120_000;
const LOCK_POLL_MS = 50;

function fail(message) {
  process.stderr.write(`build: ${message}\n`);
  process.exit(1);
}

/** Every file under `dir` that `accept` takes, relative to the root, sorted. */
function filesUnder(dir, accept) {
  const absolute = join(root, dir);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && accept(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .toSorted();
}

function hashOf(files, ...more) {
  const hash = createHash("sha256");
  for (const file of files) {
    const path = join(root, file);
    hash
      .update(`${file}\0`)
      .update(existsSync(path) ? readFileSync(path) : "")
      .update("\0");
  }
  for (const text of more) hash.update(`${text}\0`);
  return hash.digest("hex");
}

/**
 * The version that the lock file names: what was built is recognized also where the development dependencies that built
 * it are not installed.
 */
function lockedVersion(name) {
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  return packages[`node_modules/${name}`]?.version ?? fail(`package-lock.json has no ${name}`);
}

/** Ends where a package that builds is missing, or is not the one of the lock file. */
function requireInstalled(...names) {
  for (const name of names) {
    const manifest = join(root, "node_modules", name, "package.json");
    if (!existsSync(manifest)) {
      fail(`${name} is not installed: run "npm install", with development dependencies`);
    }
    const { version } = JSON.parse(readFileSync(manifest, "utf8"));
    if (version !== lockedVersion(name)) {
      fail(`${name} ${version} is not the version of package-lock.json: run "npm install"`);
    }
  }
}

/** The script behind a package's command, so that no shell and no .cmd wrapper is in the way. */
function commandOf(name, command) {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin } = JSON.parse(readFileSync(manifest, "utf8"));
  return join(dirname(manifest), typeof bin === "string" ? bin : bin[command]);
}

function run(label, script, args) {
  const result = spawnSync(process.execPath, [script, ...args], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
    env: {
      ...process.env,
      // Generators are found on PATH, also where this script does not run under npm.
      PATH: `${join(root, "node_modules", ".bin")}${delimiter}${process.env.PATH ?? ""}`,
    },
  });
  if (result.error) fail(`${label} could not be started: ${result.error.message}`);
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout}${result.stderr}`);
    fail(`${label} failed`);
  }
}

function clientHash() {
  return hashOf(
    ["prisma/schema.prisma", "scripts/generateClient.mjs"],
    ...GENERATORS.map(lockedVersion),
  );
}

function isClientFresh() {
  if (GENERATED.some((path) => !existsSync(join(root, path)))) return false;
  return readFileSync(join(root, CLIENT_STAMP), "utf8") === clientHash();
}

function generateClient() {
  if (isClientFresh()) return;
  if (!existsSync(join(root, "prisma/schema.prisma"))) fail("prisma/schema.prisma is missing");
  requireInstalled(...GENERATORS);
  console.log("build: generating the Prisma client");
  const hash = clientHash();
  // A generator that is killed half-way must not leave a stamp that says all is well.
  rmSync(join(root, CLIENT_STAMP), { force: true });
  run("generating the Prisma client", join(root, "scripts/generateClient.mjs"), []);
  writeFileSync(join(root, CLIENT_STAMP), hash);
}

function sourceFiles() {
  const topOfPrisma = readdirSync(join(root, "prisma")).filter((name) => name.endsWith(".ts"));
  return [
    ...filesUnder("src", (name) => name.endsWith(".ts")),
    ...topOfPrisma.map((name) => join("prisma", name)),
  ];
}

function programHash(sources) {
  return hashOf(
    [...sources, "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
    lockedVersion("typescript"),
  );
}

function readDistStamp() {
  const path = join(root, DIST_STAMP);
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : undefined;
}

function isProgramFresh() {
  return readDistStamp()?.hash === programHash(sourceFiles());
}

function compile() {
  if (isProgramFresh()) return;
  requireInstalled("typescript");
  console.log("build: compiling");
  const sources = sourceFiles();
  const hash = programHash(sources);
  const before = readDistStamp()?.sources;
  // tsc leaves the output of a source that is gone; what nobody wrote any more must not stay importable.
  const everyOutputHasItsSource = before?.every((file) => sources.includes(file)) ?? false;
  rmSync(join(root, everyOutputHasItsSource ? DIST_STAMP : "dist"), {
    recursive: true,
    force: true,
  });
  run("tsc", commandOf("typescript", "tsc"), ["-p", "tsconfig.build.json"]);
  writeFileSync(join(root, DIST_STAMP), JSON.stringify({ hash, sources }));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Two builds in one folder take turns: the second finds the work done. Returns the release. */
function lock() {
  const path = join(root, LOCK);
  if (!existsSync(dirname(path))) fail('node_modules is missing; run "npm install" first');
  const mine = `${path}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    for (let waitedMs = 0; waitedMs < LOCK_WAIT_MS; waitedMs += LOCK_POLL_MS) {
      try {
        linkSync(mine, path);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if (error.code !== "EEXIST") throw error;
      }
      removeIfAbandoned(path);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOCK_POLL_MS);
    }
    return fail(`another build holds ${LOCK}; delete it if that build is gone`);
  } finally {
    rmSync(mine, { force: true });
  }
}

function removeIfAbandoned(path) {
  try {
    const owner = Number(readFileSync(path, "utf8"));
    const ageMs = Date.now() - statSync(path).mtimeMs;
    if (!isAlive(owner) || ageMs > LOCK_WAIT_MS) rmSync(path, { force: true });
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** In the image there is what was built and nothing to build it from. */
function hasSources() {
  return existsSync(join(root, "src"));
}

const USAGE = "usage: npm run build, or npm run generate for the Prisma client alone\n";
const [word, ...more] = process.argv.slice(2);
if (word === "--help" || word === "-h") {
  process.stdout.write(USAGE);
  process.exit(0);
}
if ((word !== undefined && word !== "generate") || more.length > 0) {
  const unknown = more[0] ?? word;
  process.stderr.write(`build: "${unknown}" is one word too many; see npm run build -- --help\n`);
  process.exit(2);
}
const onlyClient = word === "generate";
if (hasSources() && (!isClientFresh() || !(onlyClient || isProgramFresh()))) {
  process.on("exit", lock());
  generateClient();
  if (!onlyClient) compile();
}
