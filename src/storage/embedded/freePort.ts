import { createServer } from "node:net";

const HOST = "127.0.0.1";
const TRIES_MAX = 100;

/**
 * A TCP port on the loopback interface that nobody listens on right now.
 *
 * @param first tried first, then the ones after it; where a hundred are taken, any that the system has
 */
export async function findFreePort(first: number): Promise<number> {
  for (let port = first; port < first + TRIES_MAX && port < 65_536; port++) {
    if ((await tryToListen(port)) !== undefined) return port;
  }
  const any = await tryToListen(0);
  if (any === undefined) throw new Error(`no free TCP port on ${HOST}`);
  return any;
}

/** Listens for a moment; the port, or undefined where it is taken or not ours to use. */
function tryToListen(port: number): Promise<number | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once("error", () => settle(undefined));
    server.listen({ port, host: HOST, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === "object" && address !== null ? address.port : undefined;
      server.close(() => settle(found));
    });
  });
}
