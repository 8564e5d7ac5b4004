import { expect, test } from "vitest";
import { statusReasonOf, type ListedNode } from "../../src/cluster/nodeRegistry.js";
import { reachableAddress } from "../../src/cluster/reachableAddress.js";
import { someReport } from "../contracts/nodeRegistry.js";

const interfaceOf = (address: string, family: "IPv4" | "IPv6", internal = false) => [
  { address, family, internal, netmask: "", mac: "", cidr: null, scopeid: 0 } as const,
];

test("NODE-14 a node tells the address that it listens on, of all the first that others reach", () => {
  const interfaces = {
    lo: interfaceOf("127.0.0.1", "IPv4", true),
    wan6: interfaceOf("2001:db8::1", "IPv6"),
    lan: interfaceOf("10.1.2.3", "IPv4"),
  };
  expect(reachableAddress("10.9.9.9", 4000, interfaces)).toBe("10.9.9.9:4000");
  expect(reachableAddress("::1", 4000, interfaces)).toBe("[::1]:4000");
  expect(reachableAddress("node.example", 4000, interfaces)).toBe("node.example:4000");
  expect(reachableAddress("0.0.0.0", 4000, interfaces)).toBe("10.1.2.3:4000");
  const { wan6, lo } = interfaces;
  expect(reachableAddress("::", 4000, { lo, wan6 })).toBe("[2001:db8::1]:4000");
  expect(reachableAddress("0.0.0.0", 4000, { lo })).toBe("0.0.0.0:4000");
});

test("NODE-14 each status has its reason", () => {
  const listed = (changes: Partial<ListedNode>): ListedNode => ({
    ...someReport("a"),
    silentMs: 0,
    ...changes,
  });
  const { lag } = someReport("a");
  expect(statusReasonOf(listed({}))).toBe("SERVING");
  expect(statusReasonOf(listed({ lag: { ...lag, hearsOtherNodes: false } }))).toBe("ALONE");
  expect(statusReasonOf(listed({ status: "DRAINING" }))).toBe("STOPPING");
  expect(statusReasonOf(listed({ status: "OFFLINE" }))).toBe("SILENT");
});
