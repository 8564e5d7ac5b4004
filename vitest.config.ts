import { defineConfig } from "vitest/config";
import { fastTests, longLaws, slowTests } from "./test/tiers.js";

const globalSetup = ["test/setup/globalSetup.ts"];

export default defineConfig({
  // Vite would take graphql's ES modules and its users in node_modules the others: two copies, which refuse each other.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    pool: "forks",
    // PostgreSQL and Redis work beside the tests; more workers only make each of them slower.
    maxWorkers: 2,
    // Only what hangs takes as long as these, however busy the machine is; no test states a limit of its own.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: fastTests,
          exclude: slowTests,
          globalSetup: ["test/setup/generatedClient.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "usual",
          include: ["test/**/*.test.ts"],
          exclude: [...fastTests, ...slowTests],
          globalSetup,
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: [...slowTests, ...longLaws],
          env: { LAWS: "long" },
          globalSetup,
        },
      },
    ],
  },
});
