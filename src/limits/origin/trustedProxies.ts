/** Which peers are proxies of ours: some networks, or the nearest hops whatever their address. */
import { isIP } from "node:net";

export interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: "ipv4" | "ipv6";
}

export type TrustedProxies =
  | { readonly kind: "networks"; readonly networks: readonly Network[] }
  | { readonly kind: "hops"; readonly hops: number };

const HOPS_MAX = 32;

/** Networks separated by commas, or a number of hops; undefined for anything else. */
export function parseTrustedProxies(text: string): TrustedProxies | undefined {
  return /^\d{1,2}$/.test(text) ? hopsOf(Number(text)) : networksOf(text);
}

function hopsOf(hops: number): TrustedProxies | undefined {
  return hops <= HOPS_MAX ? { kind: "hops", hops } : undefined;
}

function networksOf(text: string): TrustedProxies | undefined {
  const networks: Network[] = [];
  for (const part of text.split(",")) {
    const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(part.trim()) ?? [];
    const version = isIP(address);
    const bits = version === 4 ? 32 : 128;
    if (version === 0 || Number(prefix ?? bits) > bits) return undefined;
    const family = version === 4 ? "ipv4" : "ipv6";
    networks.push({ address, prefix: Number(prefix ?? bits), family });
  }
  return { kind: "networks", networks };
}
