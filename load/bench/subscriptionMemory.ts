/** Watchers who only watch: what one more of them takes of the server's memory. */
import type { Benchmark, BenchContext, Measurement } from "./benchmark.js";
import { startChild, type Child, type Usage } from "./processes/child.js";
import { rectanglesOf } from "./rectangles.js";
import { median } from "./statistics.js";
import { startStrata } from "./strata.js";

const DOCUMENT_BYTES = 50_000;

export const subscriptionMemory: Benchmark = {
  name: "subscription-memory",
  description:
    "resident memory of the server per idle templateChanged subscription over graphql-ws, after forced collections; against a bare ws connection",
  run: measure,
};

interface Sizes {
  /** Connected first, so that what is loaded once is not counted. */
  readonly before: number;
  readonly counted: number;
}

/** Per connection. The heap in use says more than resident memory about what the program itself keeps. */
type Growth = Pick<Usage, "rssBytes" | "heapBytes">;

async function measure(context: BenchContext): Promise<Measurement> {
  const [rounds, sizes] = context.smoke
    ? [1, { before: 10, counted: 20 }]
    : [3, { before: 2_000, counted: 4_000 }];
  const measured: { readonly own: Growth; readonly other: Growth }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    context.progress(`round ${round} of ${rounds}`);
    measured.push({
      other: await bytesPerSocket(sizes),
      own: await bytesPerWatcher(context, sizes),
    });
  }
  return {
    value: median(measured.map(({ own }) => own.rssBytes)) / 1_000,
    reference: median(measured.map(({ other }) => other.rssBytes)) / 1_000,
    unit: "KB/connection",
    ratio: median(measured.map(({ own, other }) => own.rssBytes / other.rssBytes)),
    bar: { atMost: 3 },
    details: {
      connections: sizes.counted,
      "heap KB": median(measured.map(({ own }) => own.heapBytes)) / 1_000,
      "bare heap KB": median(measured.map(({ other }) => other.heapBytes)) / 1_000,
    },
  };
}

async function bytesPerWatcher(context: BenchContext, sizes: Sizes): Promise<Growth> {
  const strata = await startStrata(context);
  const clients = await startChild("subscribers");
  try {
    const templateId = await strata.newTemplate(rectanglesOf(DOCUMENT_BYTES));
    const { url, token } = strata;
    const connect = (count: number) => clients.ask("subscribe", { url, token, templateId, count });
    return await growth(sizes, connect, () => strata.usage({ collect: true }));
  } finally {
    await clients.stop();
    await strata.stop();
  }
}

async function bytesPerSocket(sizes: Sizes): Promise<Growth> {
  const bare: Child = await startChild("bareSockets");
  const clients = await startChild("subscribers");
  try {
    const connect = (count: number) => clients.ask("connectBare", { url: bare.url, count });
    return await growth(sizes, connect, () => bare.ask<Usage>("usage", { collect: true }));
  } finally {
    await clients.stop();
    await bare.stop();
  }
}

async function growth(
  { before, counted }: Sizes,
  connect: (count: number) => Promise<unknown>,
  usage: () => Promise<Usage>,
): Promise<Growth> {
  await connect(before);
  const start = await usage();
  await connect(counted);
  const end = await usage();
  return {
    rssBytes: (end.rssBytes - start.rssBytes) / counted,
    heapBytes: (end.heapBytes - start.heapBytes) / counted,
  };
}
