/** What the inputs of mutations that make something say of their key. */
export const IDEMPOTENCY_KEY =
  "An id of the client's choice, new for each thing to be made: the same request sent again under it makes nothing twice and is answered with what the first try made. Without it a client cannot know what became of a request whose answer was lost.";
