/** A new account for one run of an example, through the public API like everything else. */
import { randomBytes } from "node:crypto";
import { createClient, type Client } from "./client.js";

const SIGN_UP = /* GraphQL */ `
  mutation ($input: SignUpInput!) {
    signUp(input: $input) {
      ... on Session {
        token
      }
      ... on UserError {
        message
      }
    }
  }
`;

interface SignUpAnswer {
  readonly signUp: { readonly token?: string; readonly message?: string };
}

/** A token that new clients of this person can use. */
export async function signUp(url: string, name: string): Promise<string> {
  const anonymous: Client = createClient({ url });
  const input = {
    // Unlike any other run's: examples also run against servers that stay.
    email: `${name.toLowerCase()}-${randomBytes(8).toString("hex")}@example.com`,
    name,
    password: randomBytes(18).toString("base64url"),
  };
  const { token, message } = (await anonymous.request<SignUpAnswer>(SIGN_UP, { input })).signUp;
  await anonymous.close();
  if (token === undefined) throw new Error(`signUp was refused: ${message}`);
  return token;
}
