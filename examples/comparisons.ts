/** Compares in canonical form what server, follower and a replay of the operations hold. */
import { createHash } from "node:crypto";
import { canonicalJson } from "../src/domain/document/json/canonicalJson.js";
import type { Design } from "../src/domain/document/design.js";
import { designHash } from "../src/domain/history/versionHash.js";
import type { OperationContent } from "../src/domain/operations/operation.js";
import type { Client } from "./client.js";
import { blankDesign } from "./drawingSteps.js";
import { Replica } from "./replica.js";
import { differentIntegers, seededRandom } from "./seededRandom.js";

const CHECKED_VERSIONS = 10;

export interface Comparison {
  readonly what: string;
  readonly equal: boolean;
}

export interface Compared {
  readonly templateId: string;
  /** All that was sent, from the blank design on. */
  readonly operations: readonly OperationContent[];
  /** The follower's copy. */
  readonly followed: Design;
  /** What the operations should lead to; undefined where only a part of them was sent. */
  readonly goal: Design | undefined;
  /** Of the random versions. */
  readonly seed: number;
}

const STATE = /* GraphQL */ `
  query ($id: ID!) {
    template(id: $id) {
      version
      designData
    }
  }
`;

const STATE_AT = /* GraphQL */ `
  query ($id: ID!, $version: Int!) {
    template(id: $id) {
      at(version: $version) {
        designData
        designHash
      }
    }
  }
`;

interface StateAnswer {
  readonly template: { readonly version: number; readonly designData: Design } | null;
}

interface StateAtAnswer {
  readonly template: {
    readonly at: { readonly designData: Design; readonly designHash: string } | null;
  } | null;
}

/** All comparisons, whether or not they come out equal. */
export async function compare(
  client: Client,
  { templateId: id, operations, followed, goal, seed }: Compared,
): Promise<Comparison[]> {
  const { template } = await client.request<StateAnswer>(STATE, { id });
  const head = 1 + operations.length;
  const state = template?.designData;
  const comparisons = [
    { what: `version ${head} is the server's`, equal: template?.version === head },
    { what: "the follower's copy is the server's state", equal: same(followed, state) },
  ];
  if (goal !== undefined) {
    comparisons.push({ what: "the server's state is the drawing", equal: same(state, goal) });
  }
  const versions = differentIntegers(seededRandom(seed), CHECKED_VERSIONS, 1, head);
  const replica = new Replica(blankDesign, 1);
  for (const version of versions.toSorted((a, b) => a - b)) {
    for (const step of operations.slice(replica.version - 1, version - 1)) replica.apply(step);
    const at = (await client.request<StateAtAnswer>(STATE_AT, { id, version })).template?.at;
    const own = replica.design;
    const equal = same(at?.designData, own) && at?.designHash === designHash(sha256, own);
    comparisons.push({ what: `at(${version}) is the replay of ${version - 1} operations`, equal });
  }
  return comparisons;
}

function same(a: Design | undefined, b: Design | undefined): boolean {
  return a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b);
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
