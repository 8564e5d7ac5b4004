/** The load scenarios: which script, on how many nodes, what happens meanwhile, and what k6 itself cannot judge. */
import type { Summary } from "./k6.js";
import type { LoadedNode } from "./nodes.js";

export interface LoadScenario {
  readonly name: string;
  readonly script: string;
  /** For the page: what it does, and which of the metrics tell how it went. */
  readonly description: string;
  readonly shown: readonly (readonly [metric: string, value: string, unit: string])[];
  readonly nodes: number;
  /** Settings of the nodes beside the defaults. */
  readonly settings?: { readonly [name: string]: string };
  /** Begins when the script does; the returned function ends it and answers what is wrong, if anything is. */
  readonly watch?: (nodes: readonly LoadedNode[], environment: Environment) => Watch;
}

export interface Environment {
  readonly [name: string]: string | undefined;
}

/** Ends the watching. */
export type Watch = (summary: Summary) => Promise<Watched>;

/** Figures for the page, and what is wrong. */
interface Watched {
  readonly figures: { readonly [name: string]: string };
  readonly problems: readonly string[];
}

const edits = [
  ["edit_acknowledged", "med", "ms"],
  ["edit_acknowledged", "p(99)", "ms"],
] as const;
const deliveries = [
  ["change_delivered", "med", "ms"],
  ["change_delivered", "p(99)", "ms"],
] as const;

/** All sessions are one account's. */
const oneForAll = { SESSIONS_PER_USER_MAX: "5000", SESSIONS_PER_USER_AND_TEMPLATE_MAX: "5000" };

/** How much longer a survivor's edits may take while the others' clients come back. */
const STORM_RATIO_MAX = 5;
/** How much more memory may be in use in the last fifth of a soak than in its second fifth. */
const SOAK_GROWTH_MAX = 1.1;
const SAMPLE_MS = 10_000;

export const loadScenarios: readonly LoadScenario[] = [
  {
    name: "editors",
    script: "editors.js",
    description:
      "100 people on 25 templates, a mixed edit every half second each, over HTTP, under MERGE",
    shown: [["edit_acknowledged", "count", "edits"], ...edits],
    nodes: 1,
  },
  {
    name: "hot-template",
    script: "hotTemplate.js",
    description:
      "200 people on one template, each follows it over a WebSocket and moves something every 2 s",
    shown: [["changes_received", "count", "events"], ...edits, ...deliveries],
    nodes: 1,
  },
  {
    name: "subscribers",
    script: "subscribers.js",
    description:
      "1,000 sessions with presence on one template, 20 changes and 2 cursor moves a second",
    shown: [["ws_msgs_received", "count", "messages"], ...deliveries],
    nodes: 1,
    settings: oneForAll,
  },
  {
    name: "reconnect-storm",
    script: "reconnectStorm.js",
    description:
      "1,000 clients of a node that is killed come back to the other within a second, with the version each had; 20 survivors edit on",
    shown: [
      ["survivor_calm", "p(99)", "ms"],
      ["survivor_storm", "p(99)", "ms"],
      ["client_back", "p(99)", "ms"],
    ],
    nodes: 2,
    watch: killSecondNode,
  },
  {
    name: "soak",
    script: "soak.js",
    description:
      "50 people who come, edit and point five times a second, and go, on two templates, for ten minutes",
    shown: [["edit_acknowledged", "count", "edits"], ...edits],
    nodes: 1,
    // What is meant to fill up to a bound is full within minutes.
    settings: { ...oneForAll, RECENT_OPERATIONS_MAX: "200" },
    watch: watchMemory,
  },
];

function killSecondNode(nodes: readonly LoadedNode[], environment: Environment): Watch {
  const seconds = Number(environment["NODE_DIES_AT_SECONDS"] ?? 40);
  const timer = setTimeout(() => nodes[1]?.kill(), seconds * 1_000);
  return async ({ metrics }) => {
    clearTimeout(timer);
    const ratio =
      (metrics["survivor_storm"]?.["p(99)"] ?? 0) / (metrics["survivor_calm"]?.["p(99)"] ?? 0);
    const problems = ratio <= STORM_RATIO_MAX ? [] : [`p99 grew ${ratio.toFixed(1)} times`];
    return { figures: { "p99 in the storm": `${ratio.toFixed(2)} times that before` }, problems };
  };
}

function watchMemory([node]: readonly LoadedNode[]): Watch {
  if (node === undefined) throw new Error("there is no node to watch");
  const samples: Promise<number>[] = [];
  const timer = setInterval(() => samples.push(node.liveBytes()), SAMPLE_MS);
  return async () => {
    clearInterval(timer);
    const inUse = await Promise.all(samples);
    const early = meanOfFifth(inUse, 1);
    const late = meanOfFifth(inUse, 4);
    const growth = late / early;
    const { rssBytes } = node.usage();
    return {
      figures: {
        "memory in use": `${megabytes(early)} MB in the second fifth, ${megabytes(late)} MB in the last`,
        "resident memory at the end": `${megabytes(rssBytes)} MB`,
      },
      problems: growth <= SOAK_GROWTH_MAX ? [] : [`memory grew ${growth.toFixed(2)} times`],
    };
  };
}

function meanOfFifth(samples: readonly number[], fifth: number): number {
  const part = samples.slice(
    Math.floor((samples.length * fifth) / 5),
    Math.floor((samples.length * (fifth + 1)) / 5),
  );
  return part.reduce((sum, sample) => sum + sample, 0) / part.length;
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 1e6);
}
