/** The setting that says which peers are proxies of ours. */
import { z } from "zod";
import { parseTrustedProxies, type TrustedProxies } from "../../limits/origin/trustedProxies.js";
import type { Setting } from "../setting.js";

/** A list of networks or a number of hops; nobody is trusted where it is not set. */
export function trustedProxies(
  name: string,
  description: string,
): Setting<TrustedProxies | undefined> {
  return {
    name,
    description,
    expected:
      "addresses and networks such as 10.0.0.0/8,::1 separated by commas, or the number of proxies in a row, at most 32",
    fallbackText: "none: forwarding headers are not read",
    fallback: undefined,
    secret: false,
    schema: z.string().transform((text, context) => {
      const parsed = parseTrustedProxies(text);
      if (parsed === undefined) context.addIssue("not a list of networks");
      return parsed ?? z.NEVER;
    }),
  };
}
