/**
 * The codes a WebSocket is closed with. Those from 4400 are graphql-ws' own. What a client of graphql-ws does by itself
 * stands beside each: `retry` connects again, `fatal` reports an error.
 */
export const closeCodes = {
  /** The node stops. Connect again, to another one: subscribe with the last version. (retry) */
  restart: 1012,
  /** A message is longer than allowed; sent by ws itself. (fatal) */
  messageTooLong: 1009,
  /** Whether the token is good cannot be told now, or too much is being sent. Connect again in a moment. (retry) */
  tryLater: 1013,
  /** A message that the protocol does not know. (fatal) */
  badRequest: 4400,
  /** An operation before `connection_init`. (fatal) */
  unauthorized: 4401,
  /** The token was refused, has expired or was ended. Connect again, with a new one. (retry) */
  forbidden: 4403,
  /** No `connection_init` in time. (retry) */
  initTimeout: 4408,
  /** An id that is in use. (fatal) */
  subscriberExists: 4409,
  /** The client did not read for too long. Connect again: subscribe with the last version. (retry) */
  slowReader: 4410,
  /** Too many connections of this person at once. Close some, or connect again later. (retry) */
  tooManyConnections: 4411,
  /** Not the subprotocol graphql-transport-ws. (fatal) */
  badProtocol: 4406,
  /** A second `connection_init`. (fatal) */
  tooManyInits: 4429,
  /** The server failed at a message, which is its own defect. (fatal) */
  internalError: 4500,
} as const;
