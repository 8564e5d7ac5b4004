/** How much one request may read and be answered, and how much a node reads at once; each name carries its unit. */
export interface WorkSettings {
  /** UTF-8 bytes of documents and payloads that one request may read and be answered. */
  readonly responseBytesMax: number;
  /** UTF-8 bytes of documents and payloads in one page of a list, unless its first entry alone has more. */
  readonly pageBytesMax: number;
  /** Requests that read or write much, under way on one node at once, … */
  readonly largeRequestsMax: number;
  /** … waiting for that, … */
  readonly largeRequestsQueuedMax: number;
  /** … and for how long. */
  readonly largeRequestWaitMsMax: number;
}

export const defaultWorkSettings: WorkSettings = {
  responseBytesMax: 48_000_000,
  pageBytesMax: 4_000_000,
  largeRequestsMax: 2,
  largeRequestsQueuedMax: 100,
  largeRequestWaitMsMax: 10_000,
};
