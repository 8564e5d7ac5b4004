/** How long people stay signed in, how many tokens they may have, and whose word on who they are counts beside their own. */
import { z } from "zod";
import { signUpModes } from "../../commands/accounts/signUpPolicy.js";
import { numberSettings } from "../numberSettings.js";
import { list, oneOf, optionalText } from "../setting.js";

/** At least two labels, in letters of any script. */
const DOMAIN =
  /^(?:[\p{L}\p{N}](?:[\p{L}\p{M}\p{N}-]{0,61}[\p{L}\p{M}\p{N}])?\.)+[\p{L}\p{N}-]{2,63}$/u;
const YEAR_SECONDS = 31_536_000;

const webAddress = (expected: string) => ({
  expected,
  schema: z.url({ protocol: /^https?$/ }),
});

export const accountSettings = {
  ...numberSettings(
    {
      tokenLifetimeSeconds: 3_600,
      refreshLifetimeSeconds: 2_592_000,
      signInsPerUserMax: 100,
      apiTokensPerUserMax: 50,
      passwordResetLifetimeSeconds: 86_400,
    },
    {
      tokenLifetimeSeconds: {
        description: "lifetime of an access token, in seconds",
        max: YEAR_SECONDS,
      },
      refreshLifetimeSeconds: {
        description:
          "lifetime of a refresh token, in seconds; a user who does not refresh within it must sign in again",
        max: YEAR_SECONDS,
      },
      signInsPerUserMax: {
        description: "sign-ins (devices) of a user; one more ends the oldest",
      },
      apiTokensPerUserMax: { description: "valid API tokens of a user" },
      passwordResetLifetimeSeconds: {
        description: "lifetime of an administrator's link to set a new password, in seconds",
        min: 60,
        max: 2_592_000,
      },
    },
  ),
  signUp: oneOf(
    "SIGN_UP",
    "the sign-up mode, also for first sign-ins by the identity provider: any user (`open`), invited to a team or granted a permission by e-mail address (`invited`), or by administrators only (`closed`)",
    signUpModes,
    "open",
  ),
  signUpDomains: list(
    "SIGN_UP_DOMAINS",
    "the permitted domains of e-mail addresses at sign-up and change of address, such as example.com,example.org; all if not set. An address verified by an identity provider is proven; at sign-up with a password it is not",
    "domains such as example.com, separated by commas",
    z.string().toLowerCase().regex(DOMAIN),
  ),
  oidcIssuer: optionalText(
    "OIDC_ISSUER",
    "the issuer (`iss`) of the OpenID Connect provider whose tokens are accepted",
    "no provider: password accounts only",
    webAddress("an address such as https://id.example.com"),
  ),
  oidcAudience: optionalText(
    "OIDC_AUDIENCE",
    "the audience (`aud`) that its tokens must have; required with OIDC_ISSUER",
    "no provider",
    { expected: "a non-empty text", schema: z.string().min(1) },
  ),
  oidcJwksUrl: optionalText(
    "OIDC_JWKS_URL",
    "the address of its keys",
    "taken from the provider's discovery document",
    webAddress("an address such as https://id.example.com/keys"),
  ),
};
