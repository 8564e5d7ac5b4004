/**
 * Which tests run when. `npm test` runs the fast and the usual ones, `npm run test:fast` those without a database, and
 * `npm run test:slow` what takes long. Laws run in the first with few seeds and in the last with all.
 */

/** Pure code: no database, no Redis, no process. */
export const fastTests = [
  "test/client/**/*.test.ts",
  "test/config/**/*.test.ts",
  "test/domain/**/*.test.ts",
  "test/laws/**/*.test.ts",
  "test/spec.test.ts",
];

/** Laws with all their seeds. */
export const longLaws = ["test/laws/**/*.test.ts"];

/** Broken variants of whole laws, which are too long for every run. */
const brokenVariants = [
  "test/laws/brokenVariants.test.ts",
  "test/simulation/brokenVariants.test.ts",
];

/** Whole programs, faults, attacks, and what writes or reads a lot. */
export const slowTests = [
  ...brokenVariants,
  "test/chaos/**/*.test.ts",
  "test/cluster/command.test.ts",
  "test/examples/**/*.test.ts",
  "test/hostile/**/*.test.ts",
  "test/integration/auditCommand.test.ts",
  "test/integration/embeddedPostgres.test.ts",
  "test/integration/hardening.test.ts",
  "test/integration/largeOperations.test.ts",
  "test/integration/lastEventId.test.ts",
  "test/integration/limits.test.ts",
  "test/integration/presence.test.ts",
  "test/integration/unreadAnswers.test.ts",
  "test/running/**/*.test.ts",
  "test/schema/farConflict.test.ts",
  "test/schema/oddArguments.test.ts",
  "test/schema/tour.test.ts",
  "test/schema/undoPartly.test.ts",
  "test/simulation/**/*.test.ts",
  "test/storage/farBehind.test.ts",
  "test/storage/verifyCommand.test.ts",
  "test/storage/verifyLog.test.ts",
];
