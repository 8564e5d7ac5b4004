/** Where the subscriptions report what went wrong without harming anybody: one line, and what was caught. */
export type Warn = (message: string, cause?: unknown) => void;
