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
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What nodes and databases do a moment later takes longer than the default second on a busy machine.
    expect: { poll: { timeout: 10_000 } },
  },
});
