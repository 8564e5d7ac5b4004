/** What the inputs of mutations that make something say of their key. */
export const IDEMPOTENCY_KEY =
  "An idempotency key: an id chosen by the client, new for each object to create. The same request repeated under it creates nothing and returns the first result. Without it the client cannot know the outcome of a request whose response was lost.";
