/** The engine in this process: a node put together as always, its commands called without HTTP. */
import { randomUUID } from "node:crypto";
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import type { Services } from "../../src/commands/services.js";
import { noOrigin } from "../../src/limits/origin/requestOrigin.js";
import { signUp } from "../../src/commands/accounts/signUp.js";
import { readConfig } from "../../src/config/readConfig.js";
import type { Design } from "../../src/domain/document/design.js";
import type { LoggedOperation } from "../../src/domain/operations/operation.js";
import { startServer } from "../../src/node/server.js";
import type { BenchDatabase } from "./database.js";
import type { Edit } from "./rectangles.js";
import { generousLimits } from "../generousLimits.js";

export interface Engine {
  newTemplate(design: Design): Promise<string>;
  /** Resolves when the edit is acknowledged. */
  edit(templateId: string, edit: Edit, clientId: string): Promise<void>;
  firstOperations(templateId: string, count: number): Promise<readonly LoggedOperation[]>;
  close(): Promise<void>;
}

export async function openEngine({ url, dataDir }: BenchDatabase): Promise<Engine> {
  const environment = {
    ...generousLimits,
    DATABASE_URL: url,
    DATA_DIR: dataDir,
    PORT: "0",
    DEMO: "false",
  };
  const server = await startServer(readConfig(environment));
  const { services } = server;
  const userId = await newUser(services);
  return {
    newTemplate: (design) => newTemplate(services, userId, design),
    edit: (templateId, edit, clientId) => send(services, userId, templateId, edit, clientId),
    firstOperations: (templateId, limit) =>
      services.templates.readLog({ templateId, afterVersion: 1, limit }),
    close: () => server.close(),
  };
}

async function newUser(services: Services): Promise<string> {
  const email = `${randomUUID()}@example.com`;
  const account = await signUp(
    services,
    { email, name: "Bench", password: randomUUID() },
    noOrigin,
  );
  if (account.kind === "signedIn") return account.userId;
  throw new Error(`signUp was refused: ${account.message}`);
}

async function newTemplate(services: Services, userId: string, design: Design): Promise<string> {
  const input = { name: "Bench", designData: design };
  const created = await createTemplate(services, { kind: "user", userId }, input);
  if (created.kind === "created") return created.templateId;
  throw new Error(`createTemplate was refused: ${created.message}`);
}

async function send(
  services: Services,
  userId: string,
  templateId: string,
  edit: Edit,
  clientId: string,
): Promise<void> {
  const input = {
    templateId,
    baseVersion: 1,
    operations: [edit],
    clientId,
    onConflict: "FORCE",
  } as const;
  const outcome = await applyOperations(services, { kind: "user", userId }, input);
  if (outcome.kind !== "applied") throw new Error(`an edit was not applied: ${outcome.kind}`);
}
