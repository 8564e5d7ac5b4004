import { defineConfig } from "vitest/config";

export default defineConfig({
  // Vite would take graphql's ES modules and its users in node_modules the others: two copies, which refuse each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: ["test/setup/globalSetup.ts"],
    pool: "forks",
    // PostgreSQL and Redis work beside the tests; more workers only make each of them slower.
    maxWorkers: 2,
    // Only what hangs takes as long as these, however busy the machine is; no test states a limit of its own.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
