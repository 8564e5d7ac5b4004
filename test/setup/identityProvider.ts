/** An OpenID Connect provider on this machine: keys over HTTP, tokens as a test wants them. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { CompactSign, exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK } from "jose";

export interface IdentityProvider {
  readonly issuer: string;
  readonly jwksUrl: string;
  /** How often the keys were asked for. */
  fetches(): number;
  /** Signs with a new key from now on, and publishes it in the place of the one before. */
  rotate(): Promise<void>;
  /** What it answers instead of keys; undefined: keys. */
  answer(status: number | undefined): void;
  /** A token for the audience `strata`, good for a minute, with what is changed. */
  token(claims: object, change?: (token: SignJWT) => SignJWT, keyId?: string): Promise<string>;
  /** The same with exactly these claims beside issuer and audience, whatever they are. */
  signed(claims: object): Promise<string>;
  /** The public key as an outsider may abuse it. */
  publicKey(): JWK;
  close(): Promise<void>;
}

export const audience = "strata";

export async function startIdentityProvider(algorithm = "ES256"): Promise<IdentityProvider> {
  let privateKey: CryptoKey;
  let published: JWK;
  let keys = 0;
  let fetches = 0;
  let status: number | undefined;
  const rotate = async () => {
    keys += 1;
    const pair = await generateKeyPair(algorithm, { extractable: true });
    privateKey = pair.privateKey;
    published = { ...(await exportJWK(pair.publicKey)), kid: `key-${keys}`, alg: algorithm };
  };
  await rotate();
  const server = createServer((request, response) => {
    const body = request.url?.endsWith("/keys")
      ? { keys: [published] }
      : { issuer, jwks_uri: `${issuer}/keys` };
    if (request.url?.endsWith("/keys")) fetches += 1;
    response.writeHead(status ?? 200, { "content-type": "application/json" });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    issuer,
    jwksUrl: `${issuer}/keys`,
    fetches: () => fetches,
    rotate,
    answer: (given) => void (status = given),
    publicKey: () => published,
    token(claims, change = (token) => token, keyId = `key-${keys}`) {
      const token = new SignJWT({ ...claims })
        .setProtectedHeader({ alg: algorithm, kid: keyId })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime("1m");
      return change(token).sign(privateKey);
    },
    signed(claims) {
      const payload = JSON.stringify({ iss: issuer, aud: audience, ...claims });
      return new CompactSign(new TextEncoder().encode(payload))
        .setProtectedHeader({ alg: algorithm, kid: `key-${keys}` })
        .sign(privateKey);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
