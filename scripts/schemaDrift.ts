/**
 * How far a database is from prisma/schema.prisma, asked of Prisma's own schema engine. The engine's WebAssembly build
 * comes with npm, so nothing is downloaded. It does not see partial indexes, CHECKs, functions and partitions.
 */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { bindMigrationAwareSqlAdapterFactory, ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import { PrismaPg } from "@prisma/adapter-pg";
import * as engineBindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

/** PostgreSQL's internal one-byte type `"char"`, which the adapter does not know and the engine wants as a character. */
const CHAR_OID = 18;
const TEXT_OID = 25;

/** The part of WebAssembly that is used here; its types would need the whole DOM library. */
interface Wasm {
  instantiate(
    bytes: Uint8Array,
    imports: Record<string, unknown>,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
}
const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: Wasm };

const EXIT_CODE_DRIFT = 2;

/**
 * The SQL that leads from the database to the schema.
 *
 * @param databaseUrl a database with all migrations applied
 * @param schemaFile path of schema.prisma
 * @returns undefined where there is no difference
 */
export async function schemaDrift(
  databaseUrl: string,
  schemaFile: string,
): Promise<string | undefined> {
  const content = await readFile(schemaFile, "utf8");
  const pool = openPool(databaseUrl);
  try {
    const { SchemaEngine } = await loadEngine();
    const adapter = bindMigrationAwareSqlAdapterFactory(adapterWithCharacters(pool));
    const files = [{ path: schemaFile, content }];
    const engine = await SchemaEngine.new(
      { datamodels: [[schemaFile, content]] },
      () => {},
      adapter,
    );
    const result = await engine.diff({
      from: { tag: "schemaDatasource", files, configDir: "." },
      to: { tag: "schemaDatamodel", files },
      script: true,
      exitCode: true,
      // Prisma's own bookkeeping is not part of the schema.
      filters: { externalTables: ["public._prisma_migrations"], externalEnums: [] },
    });
    return result.exitCode === EXIT_CODE_DRIFT ? (result.stdout ?? "") : undefined;
  } finally {
    await pool.end();
  }
}

/**
 * The pool is built from its parts, never from a connection string: the engine's shadow database step takes a
 * connection string as it is and would then run in the live database.
 */
function openPool(databaseUrl: string): pg.Pool {
  const url = new URL(databaseUrl);
  const pool = new pg.Pool({
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    max: 2,
  });
  pool.on("error", () => {});
  return pool;
}

/**
 * Prisma's adapter with `"char"` columns handed on as characters (prisma/orm#27403): they pass the adapter as text,
 * and its answer is corrected. The engine asks one question at a time, so the last columns are those of the answer.
 */
function adapterWithCharacters(pool: pg.Pool): PrismaPg {
  let characterColumns: number[] = [];
  const query = pool.query.bind(pool) as (config: pg.QueryConfig) => Promise<pg.QueryResult>;
  const queryAsText = async (config: pg.QueryConfig) => {
    const result = await query(config);
    characterColumns = [];
    for (const [index, field] of result.fields.entries()) {
      if (field.dataTypeID !== CHAR_OID) continue;
      characterColumns.push(index);
      field.dataTypeID = TEXT_OID;
    }
    return result;
  };
  pool.query = queryAsText as typeof pool.query;

  const factory = new PrismaPg(pool);
  const connect = factory.connect.bind(factory);
  factory.connect = async () => {
    const connection = await connect();
    const queryRaw = connection.queryRaw.bind(connection);
    connection.queryRaw = async (question) => {
      const answer = await queryRaw(question);
      for (const index of characterColumns) answer.columnTypes[index] = ColumnTypeEnum.Character;
      return answer;
    };
    return connection;
  };
  return factory;
}

let engineLoading: Promise<typeof engineBindings> | undefined;

/** Once per process: the bindings keep views of one instance's memory. */
function loadEngine(): Promise<typeof engineBindings> {
  return (engineLoading ??= instantiateEngine());
}

/** The package imports its .wasm file as a module, which Node does not do by itself: instantiated by hand. */
async function instantiateEngine(): Promise<typeof engineBindings> {
  const require = createRequire(import.meta.url);
  const file = require
    .resolve("@prisma/schema-engine-wasm")
    .replace(/schema_engine\.js$/, "schema_engine_bg.wasm");
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        throw new Error(`the schema engine failed: ${message}`);
      },
    },
  });
  const { instance } = await wasm.instantiate(await readFile(file), {
    "./schema_engine_bg.js": engineBindings,
  });
  const { __wbg_set_wasm } = engineBindings as unknown as {
    __wbg_set_wasm(this: void, exports: unknown): void;
  };
  __wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return engineBindings;
}
