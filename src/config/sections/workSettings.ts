/** How much one request may read and be answered, and how many large requests a node serves at once. */
import { defaultWorkSettings } from "../../limits/work/workSettings.js";
import { numberSettings } from "../numberSettings.js";

export const workSettings = numberSettings(defaultWorkSettings, {
  responseBytesMax: {
    description:
      "bytes of documents and operations that one request may read and be answered; one document alone may have more",
  },
  pageBytesMax: {
    description:
      "bytes of documents and operations in one page of a list, which holds its first entry whatever it has",
  },
  largeRequestsMax: {
    description: "requests that read or write much, under way on a node at once",
    max: 1_000,
  },
  largeRequestsQueuedMax: {
    description: "such requests waiting, beyond which they are refused",
    max: 100_000,
  },
  largeRequestWaitMsMax: {
    description: "milliseconds that such a request waits before it is refused",
    max: 600_000,
  },
});
