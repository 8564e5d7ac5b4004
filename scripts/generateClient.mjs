/**
 * Writes the Prisma client and Pothos' types from prisma/schema.prisma. It calls the generator that Prisma's command line
 * calls, without the command line: that one brings a database, a studio and drivers, 160 MB that nothing here needs. Other
 * generators of the schema are programs on PATH. Run by build.mjs.
 */
import { createRequire } from "node:module";

// The packages' ES modules do not load in Node.
const require = createRequire(import.meta.url);
const { PrismaClientTsGenerator } = require("@prisma/client-generator-ts");
const { getGenerators, loadSchemaContext } = require("@prisma/internals");

const generators = await getGenerators({
  schemaContext: await loadSchemaContext({
    schemaPath: { cliProvidedPath: "prisma/schema.prisma" },
    printLoadMessage: false,
  }),
  registry: { "prisma-client": { type: "in-process", generator: new PrismaClientTsGenerator() } },
  cliCommand: "npm run generate",
  // The client works without a native engine.
  skipDownload: true,
});
for (const generator of generators) {
  await generator.generate();
  generator.stop();
}
