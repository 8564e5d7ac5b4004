import { expect, test } from "vitest";
import { Counts } from "../../src/limits/connectionCounts.js";
import { addressKey, userKey } from "../../src/limits/rates/keys.js";

test("LIM-14 an IPv4 address counts by itself, of IPv6 the network of 64 bits", () => {
  expect(addressKey("192.0.2.1")).not.toBe(addressKey("192.0.2.2"));
  const network = addressKey("2001:db8:1:2::1");
  for (const same of [
    "2001:db8:1:2:ffff:ffff:ffff:ffff",
    "2001:0db8:0001:0002::",
    "2001:db8:1:2:3::192.0.2.1",
  ]) {
    expect(addressKey(same), same).toBe(network);
  }
  for (const other of ["2001:db8:1:3::1", "2001:db8::1:2", "::1", "2001:db8::"]) {
    expect(addressKey(other), other).not.toBe(network);
  }
  expect(addressKey("::")).toBe(addressKey("::1"));
  expect(addressKey("1::")).toBe(addressKey("1:0:0:0:5:6:7:8"));
  expect(userKey("::1")).not.toBe(addressKey("::1"));
});

test("LIM-16 a place is given back once, and what is empty is forgotten", () => {
  const counts = new Counts(2);
  const first = counts.enter("ada");
  const second = counts.enter("ada");
  expect(counts.enter("ada")).toBeUndefined();
  expect(counts.enter("ben")).toBeDefined();
  first?.();
  first?.();
  expect(counts.enter("ada")).toBeDefined();
  expect(counts.enter("ada")).toBeUndefined();
  second?.();
  expect(counts.size).toBe(2);
});
