/** Where a request came from. */
export interface RequestOrigin {
  /** The client's IP address, told by proxies only as far as they are trusted; empty where it is not known. */
  readonly address: string;
  /** Of the HTTP request, or of the one that became a connection; for log lines. */
  readonly requestId?: string;
}

/** The origin of what is executed once for many subscribers. */
export const noOrigin: RequestOrigin = { address: "" };
