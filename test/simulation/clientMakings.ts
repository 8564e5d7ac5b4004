/**
 * What a client does now and then beside editing: it goes back to an older version, keeps the document under a name and
 * makes a template. Each is sent until it is answered, and now and then again long after that.
 */
import { createSnapshot } from "../../src/commands/history/createSnapshot.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import type { RevertTemplateInput } from "../../src/commands/inputs.js";
import type { RequestError } from "../../src/commands/requestError.js";
import { revertTemplate } from "../../src/commands/history/revertTemplate.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import { author } from "../setup/memoryServices.js";
import type { ActingClient } from "./actingClient.js";
import type { Random } from "./random.js";
import type { SimulatedRequest } from "./requests.js";

type Outcome = { readonly kind: string } | RequestError;

interface Making extends SimulatedRequest<Outcome> {
  /** It is found again only as long as the log reaches back to this version. */
  readonly onlyAfter: number;
}

export class ClientMakings {
  readonly #sent: Making[] = [];
  /** What said that it was done, by name: every later answer has to be the same. */
  readonly #first = new Map<string, { readonly text: string; readonly onlyAfter: number }>();
  #count = 0;

  constructor(
    private readonly client: ActingClient,
    private readonly name: string,
    private readonly random: Random,
  ) {}

  /** Mostly nothing. */
  async next(): Promise<void> {
    if (!this.random.chance(0.12)) return;
    const { truth, world } = this.client.parts;
    await this.client.online();
    const again = this.#sent.length > 0 && this.random.chance(0.4);
    const making = again ? this.random.pick(this.#sent) : this.#make();
    if (making.onlyAfter < truth.prunedThrough) return;
    world.trace(`${this.client.name} sends ${making.name}${again ? " again" : ""}`);
    const isDone = truth.keepLog(making.onlyAfter);
    await this.client.requests.untilAnswered(making);
    isDone();
    if (!again) this.#sent.push(making);
  }

  #make(): Making {
    this.#count += 1;
    const key = `${this.name}.${this.#count}`;
    const { templateId } = this.client.parts.truth;
    const roll = this.random.next();
    if (roll < 0.6) return this.#revert(`${key} revert`);
    if (roll < 0.8) {
      const input = { templateId, name: key, idempotencyKey: key };
      return this.#making(key, (services) => createSnapshot(services, author, input));
    }
    const input = { name: key, idempotencyKey: key };
    return this.#making(key, (services) => createTemplate(services, author, input));
  }

  #revert(batchId: string): Making {
    const { truth } = this.client.parts;
    const oldest = Math.max(truth.prunedThrough, truth.acknowledged - 12);
    const input: RevertTemplateInput = {
      templateId: truth.templateId,
      targetVersion: this.random.between(oldest, truth.acknowledged),
      clientId: this.client.name,
      batchId,
      // Without it a revert that changed nothing, which leaves no trace, may revert something when it is sent again.
      headVersion: truth.acknowledged,
    };
    return this.#making(batchId, (services) => revertTemplate(services, author, input));
  }

  #making(name: string, run: Making["run"]): Making {
    const onlyAfter = this.client.parts.truth.version;
    return { name, run, onlyAfter, answered: (outcome) => this.#check(name, onlyAfter, outcome) };
  }

  #check(name: string, onlyAfter: number, outcome: Outcome): void {
    const { world, truth } = this.client.parts;
    const text = canonicalJson({ ...outcome } as never);
    world.trace(`answer to ${name}: ${text}`);
    const first = this.#first.get(name);
    if (outcome.kind !== "refused") {
      if (first === undefined) this.#first.set(name, { text, onlyAfter });
      else if (first.text !== text) {
        world.violate("SIM-4", `${name} was answered\n${first.text}\nand then\n${text}`);
      }
      return;
    }
    const { code, message } = outcome as RequestError;
    const isPruned = onlyAfter < truth.prunedThrough;
    if (first !== undefined && !isPruned && !leftNoTrace(first.text)) {
      world.violate("SIM-4", `${name} was done and then refused with ${code}: ${message}`);
    }
    const isExpected =
      code === "VERSION_CONFLICT" ||
      code === "LOCKED" ||
      code === "RATE_LIMITED" ||
      (code === "INVALID_INPUT" && message.includes("cannot be reached"));
    if (!isExpected) world.violate("SIM-10", `${name} was refused with ${code}: ${message}`);
  }
}

/** A revert to a document that the head already is. */
function leftNoTrace(text: string): boolean {
  const { revertedFrom, newVersion } = JSON.parse(text) as Partial<Record<string, number>>;
  return revertedFrom !== undefined && revertedFrom === newVersion;
}
