import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { readConfig } from "../../src/config/readConfig.js";
import { createClientAddress } from "../../src/limits/origin/clientAddress.js";

function addressOf(
  environment: { readonly [name: string]: string },
  peer: string | undefined,
  headers: IncomingMessage["headers"] = {},
): string {
  const { http } = readConfig(environment);
  const clientAddress = createClientAddress(http.trustedProxies, http.forwardingHeader);
  return clientAddress({ headers, socket: { remoteAddress: peer } as IncomingMessage["socket"] });
}

const forwardedFor = (value: string) => ({ "x-forwarded-for": value });

test("LIM-13 nobody is trusted unless the configuration says so", () => {
  const headers = { ...forwardedFor("1.2.3.4"), forwarded: "for=1.2.3.4" };
  expect(addressOf({}, "127.0.0.1", headers)).toBe("127.0.0.1");
  expect(addressOf({}, "::ffff:10.0.0.1", headers)).toBe("10.0.0.1");
  expect(addressOf({ TRUSTED_PROXIES: "0" }, "10.0.0.1", headers)).toBe("10.0.0.1");
  expect(addressOf({ TRUSTED_PROXIES: "10.0.0.2" }, "10.0.0.1", headers)).toBe("10.0.0.1");
});

test("LIM-13 a trusted peer is believed who asked it, and nobody before that", () => {
  const trusted = { TRUSTED_PROXIES: "10.0.0.0/8, fd00::/8" };
  expect(addressOf(trusted, "10.0.0.1", forwardedFor("6.6.6.6, 1.2.3.4"))).toBe("1.2.3.4");
  expect(addressOf(trusted, "::ffff:10.0.0.1", forwardedFor("6.6.6.6, 1.2.3.4, 10.9.9.9"))).toBe(
    "1.2.3.4",
  );
  expect(addressOf(trusted, "fd00::1", forwardedFor("2001:DB8::7"))).toBe("2001:db8::7");
  expect(addressOf(trusted, "10.0.0.1", forwardedFor("10.0.0.7"))).toBe("10.0.0.7");
  expect(addressOf(trusted, "10.0.0.1")).toBe("10.0.0.1");
});

test("LIM-13 hops are counted from this server", () => {
  const headers = forwardedFor("6.6.6.6, 1.2.3.4, 5.6.7.8");
  expect(addressOf({ TRUSTED_PROXIES: "1" }, "9.9.9.9", headers)).toBe("5.6.7.8");
  expect(addressOf({ TRUSTED_PROXIES: "2" }, "9.9.9.9", headers)).toBe("1.2.3.4");
  expect(addressOf({ TRUSTED_PROXIES: "32" }, "9.9.9.9", headers)).toBe("6.6.6.6");
});

test("LIM-13 what is no address ends the line at who told it", () => {
  const trusted = { TRUSTED_PROXIES: "3" };
  for (const hop of ["unknown", "", "1.2.3", "<script>", "1.2.3.4.5", "_hidden", "::g"]) {
    expect(addressOf(trusted, "9.9.9.9", forwardedFor(`1.1.1.1, ${hop}, 5.6.7.8`))).toBe("5.6.7.8");
  }
  expect(addressOf(trusted, undefined, forwardedFor("1.1.1.1"))).toBe("1.1.1.1");
  expect(addressOf({}, undefined)).toBe("");
});

test("LIM-13 Forwarded is read where the proxies write it, and only then", () => {
  const headers = {
    ...forwardedFor("6.6.6.6"),
    forwarded: 'for=7.7.7.7, For="[2001:db8::7%eth0]:4711";proto=https;by=10.0.0.1',
  };
  const trusted = { TRUSTED_PROXIES: "1" };
  expect(addressOf(trusted, "10.0.0.1", headers)).toBe("6.6.6.6");
  const forwarded = { ...trusted, FORWARDING_HEADER: "forwarded" };
  expect(addressOf(forwarded, "10.0.0.1", headers)).toBe("2001:db8::7");
  expect(addressOf(forwarded, "10.0.0.1", forwardedFor("6.6.6.6"))).toBe("10.0.0.1");
  expect(addressOf(forwarded, "10.0.0.1", { forwarded: "proto=https" })).toBe("10.0.0.1");
});

test("LIM-13 a port and IPv4 written as IPv6 do not count", () => {
  const trusted = { TRUSTED_PROXIES: "1" };
  expect(addressOf(trusted, "10.0.0.1", forwardedFor("1.2.3.4:5678"))).toBe("1.2.3.4");
  expect(addressOf(trusted, "10.0.0.1", forwardedFor("[::ffff:1.2.3.4]:80"))).toBe("1.2.3.4");
});

test.each(["10.0.0.0/33", "::/129", "nonsense", "10.0.0", "1.2.3.4/", "33", "-1", ","])(
  "LIM-13 %s names no proxies",
  (value) => {
    expect(() => readConfig({ TRUSTED_PROXIES: value })).toThrow(/^TRUSTED_PROXIES: /);
  },
);
