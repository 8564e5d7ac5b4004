/** Where other machines reach a node, told from what it listens on. */
import { networkInterfaces } from "node:os";

/** Addresses that mean all of a machine's. */
const all = new Set(["0.0.0.0", "::", "[::]"]);

/** Address and port; of a node that listens on all addresses, its first one that is not its own alone. */
export function reachableAddress(
  host: string,
  port: number,
  interfaces: ReturnType<typeof networkInterfaces> = networkInterfaces(),
): string {
  const address = all.has(host) ? (firstOutside(interfaces) ?? host) : host;
  return address.includes(":") && !address.startsWith("[")
    ? `[${address}]:${port}`
    : `${address}:${port}`;
}

/** IPv4 before IPv6, since addresses of a link are no use without naming it. */
function firstOutside(interfaces: ReturnType<typeof networkInterfaces>): string | undefined {
  const outside = Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith("fe80"));
  const found = outside.find(({ family }) => family === "IPv4") ?? outside[0];
  return found?.address;
}
