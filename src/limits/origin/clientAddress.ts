/**
 * Where a request came from. Anybody can write a forwarding header: it is read only as far as proxies that the
 * configuration trusts wrote it, from its end, where the last of them added who asked it.
 */
import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv4 } from "node:net";
import type { TrustedProxies } from "./trustedProxies.js";

/** The header that the proxies write. One is read and no other, as what a proxy does not write a client may. */
export type ForwardingHeader = "x-forwarded-for" | "forwarded";

/** The address of a request's client, in its plain form; empty where its connection is gone already. */
export type ClientAddress = (request: Pick<IncomingMessage, "headers" | "socket">) => string;

/** Proxies in a row that are looked at; the header's length is bounded too. */
const HOPS_MAX = 32;

export function createClientAddress(
  trusted: TrustedProxies | undefined,
  header: ForwardingHeader = "x-forwarded-for",
): ClientAddress {
  const isTrusted = trustOf(trusted);
  return ({ headers, socket }) => {
    let address = addressIn(socket.remoteAddress ?? "") ?? "";
    if (!isTrusted(address, 1)) return address;
    const told = headers[header];
    const hops = hopsIn(header, Array.isArray(told) ? told.join(",") : (told ?? ""));
    for (let hop = 1; isTrusted(address, hop) && hop <= HOPS_MAX; hop += 1) {
      const next = addressIn(hops.at(-hop) ?? "");
      if (next === undefined) return address;
      address = next;
    }
    return address;
  };
}

/** Whether a request comes from one of our proxies. */
export function createIsFromProxy(
  trusted: TrustedProxies | undefined,
): (request: Pick<IncomingMessage, "socket">) => boolean {
  const isTrusted = trustOf(trusted);
  return ({ socket }) => isTrusted(addressIn(socket.remoteAddress ?? "") ?? "", 1);
}

/** Whether the hop, counted from this server, is a proxy of ours. */
function trustOf(trusted: TrustedProxies | undefined): (address: string, hop: number) => boolean {
  if (trusted === undefined) return () => false;
  if (trusted.kind === "hops") return (_address, hop) => hop <= trusted.hops;
  const list = new BlockList();
  for (const { address, prefix, family } of trusted.networks)
    list.addSubnet(address, prefix, family);
  return (address) => isIP(address) !== 0 && list.check(address, isIPv4(address) ? "ipv4" : "ipv6");
}

function hopsIn(header: ForwardingHeader, value: string): readonly string[] {
  const parts = value.split(",").slice(-HOPS_MAX);
  if (header === "x-forwarded-for") return parts;
  return parts.map((part) => /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]*)/i.exec(part)?.[1] ?? "");
}

/** The address in a hop: with quotes, brackets, port or zone, or an IPv4 address written as IPv6. */
function addressIn(hop: string): string | undefined {
  const text = hop.trim().replace(/^"(.*)"$/, "$1");
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(text)?.[1] ?? text.replace(/^([\d.]+):\d+$/, "$1");
  const plain = bare.replace(/%.*$/, "").replace(/^::ffff:(?=\d+\.)/i, "");
  return isIP(plain) === 0 ? undefined : plain.toLowerCase();
}
