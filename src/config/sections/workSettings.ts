/** How much one request may read and be answered, and how many large requests a node serves at once. */
import { defaultWorkSettings } from "../../limits/work/workSettings.js";
import { numberSettings } from "../numberSettings.js";

export const workSettings = numberSettings(defaultWorkSettings, {
  responseBytesMax: {
    description:
      "bytes of documents and operations that one request may read and return; a single document may exceed it",
  },
  pageBytesMax: {
    description:
      "bytes of documents and operations in one page of a list, which contains at least its first entry",
  },
  largeRequestsMax: {
    description: "concurrent large requests (reading or writing) on a node",
    max: 1_000,
  },
  largeRequestsQueuedMax: {
    description: "queued large requests, above which they are refused",
    max: 100_000,
  },
  largeRequestWaitMsMax: {
    description: "milliseconds that a large request waits before it is refused",
    max: 600_000,
  },
});
