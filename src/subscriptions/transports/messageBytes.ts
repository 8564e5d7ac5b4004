/** The bytes of a message as the protocol takes them. A large one is counted, decoded and parsed in steps. */
import { readJsonSteps } from "../../domain/document/json/readJson.js";
import { BYTES_AT_ONCE, textSteps, valuesSteps } from "../../limits/work/jsonBytes.js";
import type { Paced } from "../../live/pace.js";
import type { SocketLimits } from "./socketConnection.js";

/** A message that came. */
export interface ReceivedMessage {
  /** JSON as text, or what it holds where that was large; undefined where it is no JSON. */
  readonly content: unknown;
  readonly units: number;
}

/** Undefined for more values than a message may have: each takes memory, however few bytes it has. */
export async function parseMessageBytes(
  data: Buffer,
  {
    pace,
    limits: { webSocketMessageValuesMax = Infinity },
  }: { readonly pace: Paced; readonly limits: SocketLimits },
): Promise<ReceivedMessage | undefined> {
  if (data.length <= BYTES_AT_ONCE && data.length <= webSocketMessageValuesMax) {
    return wholeMessage(data);
  }
  if ((await pace.taken(valuesSteps(data))) > webSocketMessageValuesMax) return undefined;
  const text = await pace.taken(textSteps(data));
  const { length: units } = text;
  try {
    const content = await pace.taken(readJsonSteps(text));
    // A text would be taken for a message that is not parsed yet.
    return { content: typeof content === "string" ? undefined : content, units };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { content: undefined, units };
  }
}

/** A small message, which the protocol parses itself. */
export function wholeMessage(data: Buffer): ReceivedMessage {
  const text = data.toString();
  return { content: text, units: text.length };
}
