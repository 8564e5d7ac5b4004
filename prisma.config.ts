/**
 * Configuration of the Prisma CLI.
 *
 * `prisma generate` needs no schema engine, it only checks that the engine's file exists and downloads it where it
 * does not. Any existing file satisfies the check, so the running Node stands in and nothing is downloaded. Other
 * commands (`validate`, `migrate`, …) do need the engine and are left to find it.
 */
import { defineConfig } from "prisma/config";

if (process.argv.includes("generate")) {
  process.env["PRISMA_SCHEMA_ENGINE_BINARY"] ??= process.execPath;
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: process.env["DATABASE_URL"] ?? "" },
});
