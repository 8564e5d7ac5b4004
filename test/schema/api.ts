/** The API as clients use it: the real schema, engine and adapters on a database of its own. */
import { graphql, type ExecutionResult } from "graphql";
import type { Services } from "../../src/commands/services.js";
import type { Viewer } from "../../src/domain/access/access.js";
import { createAuthenticate } from "../../src/http/authenticate.js";
import type { Scope } from "../../src/domain/access/viewer.js";
import { buildSchema } from "../../src/schema/build.js";
import type { GraphQLContext } from "../../src/schema/context.js";
import type { WorkFor } from "../../src/limits/work/requestWork.js";
import { createMaskError } from "../../src/schema/maskError.js";
import type { PrismaClient } from "../../src/storage/generated/prisma/client.js";
import { databaseServices } from "./databaseServices.js";
import { testWork } from "../setup/rates.js";
import { createTestDatabase } from "../setup/database.js";

// Answers have the shape that the query asks for, which no type here knows.
// oxlint-disable-next-line typescript/no-explicit-any
type Data = any;

/** Somebody who sends documents. */
export interface Client {
  /** The user's id; empty for the anonymous client. */
  readonly id: string;
  readonly email: string;
  readonly context: GraphQLContext;
  run(source: string, variables?: object): Promise<ExecutionResult<Data>>;
  /** The data of an answer without errors. */
  data(source: string, variables?: object): Promise<Data>;
  /** The new template's id. */
  createTemplate(input: object): Promise<string>;
  deleteTemplate(templateId: string): Promise<void>;
  firstPage(templateId: string): Promise<string>;
  /** Adds a rectangle on top of the head, whatever that is. */
  addElement(templateId: string, pageId: string, elementId: string): Promise<void>;
}

export interface Api {
  readonly services: Services;
  readonly prisma: PrismaClient;
  readonly anonymous: Client;
  /** A client of a new account. */
  signUp(name: string): Promise<Client>;
  /** A client of an account that is there; with scopes, of one of its API tokens. */
  as(userId: string, scopes?: readonly Scope[]): Client;
  /** A client of any viewer. */
  viewing(viewer: Viewer): Client;
  /** A client that shows the token of a session or of a program. */
  byToken(token: string): Promise<Client>;
  /** The SQL statements that run while the work does; nothing else may run meanwhile. */
  statements(work: () => Promise<unknown>): Promise<string[]>;
  /** Ends the connections to the database for good. */
  disconnect(): Promise<void>;
  stop(): Promise<void>;
}

export interface ApiOptions {
  /** Bounds on what requests read. */
  readonly work?: Parameters<typeof testWork>[0];
}

/** Starts the API on a new database. */
export async function startApi({ work = {} }: ApiOptions = {}): Promise<Api> {
  const workFor = testWork(work);
  const origin = { address: "192.0.2.1" };
  const database = await createTestDatabase();
  const { services, prisma, followed, statements, close } = databaseServices(database.url);
  const client = (viewer: Viewer, email = "") =>
    new ApiClient(
      { viewer, origin, work: workFor(viewer, origin), services, prisma, ...followed },
      workFor,
      email,
    );
  let accounts = 0;
  return {
    services,
    prisma,
    anonymous: client({ kind: "anonymous" }),
    async signUp(name) {
      accounts += 1;
      const userId = services.newId();
      const email = `${name.toLowerCase()}.${accounts}@example.org`;
      await services.users.create({
        id: userId,
        email,
        name,
        passwordHash: "none",
        avatarUrl: null,
        createdAt: services.clock.now(),
      });
      return client({ kind: "user", userId }, email);
    },
    as: (userId, scopes) => client({ kind: "user", userId, ...(scopes && { scopes }) }),
    viewing: (viewer) => client(viewer),
    async byToken(token) {
      const authenticate = createAuthenticate({
        ...services.accounts,
        ...{ guests: undefined, clock: services.clock },
      });
      const { viewer } = await authenticate(`Bearer ${token}`);
      return client(viewer);
    },
    async statements(work) {
      // What earlier requests write behind is over before.
      for (let seen = -1; seen !== statements.length;) {
        seen = statements.length;
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      const begin = statements.length;
      await work();
      return statements.slice(begin);
    },
    disconnect: close,
    async stop() {
      await close();
      await database.drop();
    },
  };
}

class ApiClient implements Client {
  constructor(
    private readonly everyContext: GraphQLContext,
    private readonly workFor: WorkFor,
    readonly email: string,
  ) {}

  get id(): string {
    const { viewer } = this.everyContext;
    return viewer.kind === "user" ? viewer.userId : "";
  }

  get context(): GraphQLContext {
    const { viewer, origin } = this.everyContext;
    return { ...this.everyContext, work: this.workFor(viewer, origin) };
  }

  async run(source: string, variables?: object): Promise<ExecutionResult<Data>> {
    const contextValue = this.context;
    const { data, errors } = await graphql({
      schema: buildSchema(),
      source,
      // As it arrives over HTTP.
      variableValues:
        variables && (JSON.parse(JSON.stringify(variables)) as Record<string, unknown>),
      contextValue,
    });
    contextValue.work.end();
    const maskError = createMaskError((error) => hidden.push(error));
    return {
      ...(data !== undefined && { data: JSON.parse(JSON.stringify(data)) as Data }),
      ...(errors && { errors: errors.map((error) => maskError(error) as typeof error) }),
    };
  }

  async data(source: string, variables?: object): Promise<Data> {
    const { data, errors } = await this.run(source, variables);
    if (errors !== undefined) {
      throw new Error(JSON.stringify(errors), { cause: hidden.splice(0).at(-1) });
    }
    return data;
  }

  async createTemplate(input: object): Promise<string> {
    const { createTemplate } = await this.data(
      `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
        ... on TemplateCreated { template { id } } ... on RequestError { message path } } }`,
      { input },
    );
    if (createTemplate.template === undefined) throw new Error(JSON.stringify(createTemplate));
    return createTemplate.template.id;
  }

  async deleteTemplate(templateId: string): Promise<void> {
    await this.data(
      `mutation { deleteTemplate(input: { templateId: "${templateId}" }) {
        ... on TemplateDeleted { template { id } } } }`,
    );
  }

  async firstPage(templateId: string): Promise<string> {
    const { template } = await this.data(`{ template(id: "${templateId}") { designData } }`);
    return template.designData.pages[0].id;
  }

  async addElement(templateId: string, pageId: string, elementId: string): Promise<void> {
    const operation = {
      id: `add ${elementId}`,
      type: "ADD_ELEMENT",
      target: { pageId, elementId },
      payload: { type: "rect", x: 1, y: 2 },
    };
    const { applyOperations } = await this.data(
      `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) {
        __typename ... on UserError { message } } }`,
      { input: { templateId, baseVersion: 1, operations: [operation], onConflict: "FORCE" } },
    );
    if (applyOperations.message !== undefined) throw new Error(applyOperations.message);
  }
}

/** What clients do not see of errors, for the message of a failing test. */
const hidden: unknown[] = [];
