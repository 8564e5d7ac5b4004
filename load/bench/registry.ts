/** Every benchmark, in the order of a whole run. */
import type { Benchmark } from "./benchmark.js";
import { conflictDetection } from "./conflictDetection.js";
import { documentSize } from "./documentSize.js";
import { engine } from "./engine.js";
import { fanOut } from "./fanOut.js";
import { hotTemplate } from "./hotTemplate.js";
import { subscriptionMemory } from "./subscriptionMemory.js";

export const benchmarks: readonly Benchmark[] = [
  hotTemplate,
  engine,
  documentSize,
  conflictDetection,
  fanOut,
  subscriptionMemory,
];
