/** What a client does to its template, and what it makes of the answers. */
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import type {
  ApplyOperationsInput,
  OperationInput,
  ResolveConflictInput,
} from "../../src/commands/inputs.js";
import type {
  ApplyOperationsOutcome,
  ResolveConflictOutcome,
  VersionConflict,
} from "../../src/commands/outcomes.js";
import type { RequestError } from "../../src/commands/requestError.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { redo, undo } from "../../src/commands/history/undo.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { author } from "../setup/memoryServices.js";
import type { ActingClient } from "./actingClient.js";
import { drawEdits } from "./edits.js";
import type { Random } from "./random.js";
import type { Replica } from "./replica.js";
import type { SimulatedRequest } from "./requests.js";

const policies = ["REJECT", "REJECT", "MERGE", "MERGE", "LAST_WRITER_WINS", "FORCE"] as const;

/** How often an edit that was in conflict is made again. */
const REBUILDS_MAX = 2;

type EditRequest = SimulatedRequest<ApplyOperationsOutcome> & {
  readonly input: ApplyOperationsInput;
};

/** `onlyAfter`: it cannot be found again once the log was cut above that version, and tells no base to be refused by. */
interface Sent {
  readonly name: string;
  readonly onlyAfter?: number;
  readonly send: () => Promise<unknown>;
}

export class ClientEdits {
  readonly #sent: Sent[] = [];
  #count = 0;
  #hasUndone = false;

  constructor(
    private readonly client: ActingClient,
    private readonly name: string,
    private readonly random: Random,
  ) {}

  /** Does one thing, and sees it through. */
  async next(replica: Replica): Promise<void> {
    const roll = this.random.next();
    if (roll < (this.#hasUndone ? 0.5 : 0.12)) await this.#moveAlongLine();
    else if (roll < 0.2 && this.#sent.length > 0) await this.#sendAgain();
    else await this.#edit(replica, REBUILDS_MAX);
  }

  /** Edits what it has, sends it as soon as it can, and finds a way out of a conflict. */
  async #edit(replica: Replica, rebuilds: number): Promise<void> {
    const request = this.#requestOf(replica);
    const { world, truth } = this.client.parts;
    world.trace(
      `${this.client.name} sends ${request.name}: ${request.input.onConflict} on ${request.input.baseVersion} ` +
        request.input.operations
          .map(({ type, target }) => `${type} ${Object.values(target).join("/")}`)
          .join(", "),
    );
    await this.client.online();
    const outcome = await this.client.requests.untilAnswered(request);
    this.#remember(request);
    if (outcome.kind === "applied") return;
    if (outcome.kind === "refused") return this.#checkRefusal(request, outcome);
    if (outcome.currentVersion > truth.version) {
      world.violate("SIM-2", `${request.name} met version ${outcome.currentVersion} before it was`);
    }
    if (rebuilds === 0) return;
    if (this.random.chance(0.4)) return this.#resolve(request.input, outcome);
    await this.client.waitFor(outcome.currentVersion);
    await this.#edit(replica, rebuilds - 1);
  }

  #requestOf({ version, document }: Replica): EditRequest {
    const { world, answers, truth } = this.client.parts;
    this.#count += 1;
    const name = `${this.name}.${this.#count}`;
    const operations = drawEdits(this.random, document).map((content, index): OperationInput => ({
      ...content,
      id: `${name}.${index + 1}`,
      timestamp: world.scheduler.now + this.random.between(-2_000, 2_000),
    }));
    const input: ApplyOperationsInput = {
      templateId: truth.templateId,
      baseVersion: version,
      operations,
      clientId: this.client.name,
      onConflict: this.random.pick(policies),
      ...(this.random.chance(0.5) && { batchId: name }),
    };
    return {
      name,
      input,
      run: (services, { process }) =>
        truth.keepingLog(version, process, applyOperations(services, author, input)),
      answered: (outcome) => answers.add(name, outcome),
    };
  }

  /** Sends something again that was answered long ago. */
  async #sendAgain(): Promise<void> {
    await this.client.online();
    const request = this.random.pick(this.#sent);
    const { truth, world } = this.client.parts;
    if ((request.onlyAfter ?? Infinity) < truth.prunedThrough) return;
    world.trace(`${this.client.name} sends ${request.name} again`);
    await request.send();
  }

  #remember<T>(request: SimulatedRequest<T>, onlyAfter?: number): void {
    this.#sent.push({
      name: request.name,
      ...(onlyAfter !== undefined && { onlyAfter }),
      send: () => this.#untilAnswered(request, onlyAfter),
    });
  }

  async #untilAnswered<T>(request: SimulatedRequest<T>, onlyAfter?: number): Promise<T> {
    const isDone = onlyAfter === undefined ? undefined : this.client.parts.truth.keepLog(onlyAfter);
    const outcome = await this.client.requests.untilAnswered(request);
    isDone?.();
    return outcome;
  }

  /**
   * Undoes or redoes: mostly under a batch id, until there is an answer, and now and then once more. A step without one
   * cannot be found again: without an answer nobody knows, and the client goes on.
   */
  async #moveAlongLine(): Promise<void> {
    const { answers, truth, world } = this.client.parts;
    const move = this.random.chance(this.#hasUndone ? 0.3 : 0.9) ? undo : redo;
    const clientId = this.random.chance(0.7) ? this.client.name : null;
    const isNamed = this.random.chance(0.7);
    this.#count += 1;
    const batchId = isNamed ? `${this.name}.${this.#count}` : null;
    const name = `${batchId ?? this.client.name} ${move.name} ${clientId ?? "of all"}`;
    await this.client.online();
    const request: SimulatedRequest<ApplyOperationsOutcome> = {
      name,
      run: (services) =>
        move(services, author, { templateId: truth.templateId, clientId, batchId }),
      answered: (outcome) => {
        if (isNamed) return answers.add(name, outcome);
        world.trace(`answer to ${name}: ${outcome.kind}`);
        if (outcome.kind === "applied") truth.acknowledge(name, outcome.operations);
      },
    };
    let outcome: ApplyOperationsOutcome | undefined;
    if (isNamed) {
      const onlyAfter = truth.version;
      outcome = await this.#untilAnswered(request, onlyAfter);
      this.#remember(request, onlyAfter);
    } else outcome = (await this.client.requests.once(request))?.value;
    this.#hasUndone = move === undo && outcome?.kind === "applied";
    if (outcome?.kind === "applied") await this.client.waitFor(outcome.newVersion);
  }

  /** Takes one of the ways out on the head that the conflict told of; again where that moved on. */
  async #resolve(input: ApplyOperationsInput, conflict: VersionConflict): Promise<void> {
    const { answers, truth } = this.client.parts;
    let headVersion = conflict.currentVersion;
    for (let attempt = 1; attempt <= 2; attempt += 1) {
      const resolution = this.random.pick(["CLIENT_WINS", "SERVER_WINS", "MANUAL"] as const);
      const choice: ResolveConflictInput = {
        templateId: truth.templateId,
        baseVersion: input.baseVersion,
        headVersion,
        resolution,
        clientOperations: input.operations,
        clientId: this.client.name,
        ...(resolution === "MANUAL" && { manualState: this.#settledState(headVersion) }),
      };
      const name = `${input.operations[0]?.id} ${resolution} on ${headVersion}`;
      const request: SimulatedRequest<ResolveConflictOutcome> = {
        name,
        run: (services) => resolveConflict(services, author, choice),
        answered: (outcome) => answers.add(name, outcome, choice.baseVersion),
      };
      const outcome = await this.client.requests.untilAnswered(request);
      this.#remember(request, choice.baseVersion);
      if (outcome.kind === "refused") this.#checkRefusal({ name, input }, outcome);
      if (outcome.kind !== "versionConflict") return;
      headVersion = outcome.currentVersion;
    }
  }

  /** The state at the head with one more thing changed by hand. */
  #settledState(headVersion: number): unknown {
    const { document } = this.client.parts.truth.stateAt(headVersion);
    const design = designOf(document);
    const [first, ...rest] = design.pages;
    const note = `settled ${this.random.between(1, 9)}`;
    if (first === undefined) return { ...design, canvas: { ...design.canvas, note } };
    return { ...design, pages: [...rest, { ...first, note }] };
  }

  /** What was drawn on the head applies to it; what was drawn on an older version may not. */
  #checkRefusal(
    { name, input }: Pick<EditRequest, "name" | "input">,
    { code, message }: RequestError,
  ): void {
    const { world, truth } = this.client.parts;
    const isStale = input.baseVersion < truth.version;
    const isPruned = input.baseVersion < truth.prunedThrough;
    const isExpected =
      (code === "INVALID_OPERATION" && isStale && input.onConflict !== "REJECT") ||
      (code === "INVALID_OPERATION" && name.includes("WINS")) ||
      (code === "VERSION_CONFLICT" && isPruned) ||
      code === "LOCKED" ||
      code === "RATE_LIMITED";
    if (!isExpected) world.violate("SIM-10", `${name} was refused with ${code}: ${message}`);
  }
}
