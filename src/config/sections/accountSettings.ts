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
        description: "seconds that an access token is valid",
        max: YEAR_SECONDS,
      },
      refreshLifetimeSeconds: {
        description: "seconds that a person stays signed in without refreshing",
        max: YEAR_SECONDS,
      },
      signInsPerUserMax: {
        description:
          "devices that a person is signed in on; with one more the oldest is signed out",
      },
      apiTokensPerUserMax: { description: "API tokens of a person that have not run out" },
      passwordResetLifetimeSeconds: {
        description: "seconds that an administrator's link to set a new password can be used",
        min: 60,
        max: 2_592_000,
      },
    },
  ),
  signUp: oneOf(
    "SIGN_UP",
    "who may make an account, also by coming from the identity provider for the first time: everybody (`open`), who was invited to a team or granted a permission by e-mail address (`invited`), or nobody but administrators for others (`closed`)",
    signUpModes,
    "open",
  ),
  signUpDomains: list(
    "SIGN_UP_DOMAINS",
    "the domains of e-mail addresses that accounts may be made with and changed to, such as example.com,example.org; all where it is not set. Addresses that an identity provider verified are proven; at signing up with a password anybody can name any",
    "domains such as example.com, separated by commas",
    z.string().toLowerCase().regex(DOMAIN),
  ),
  oidcIssuer: optionalText(
    "OIDC_ISSUER",
    "the OpenID Connect provider whose tokens are taken, as they name it in `iss`",
    "only accounts of its own",
    webAddress("an address such as https://id.example.com"),
  ),
  oidcAudience: optionalText(
    "OIDC_AUDIENCE",
    "whom its tokens must be for, in `aud`; required with OIDC_ISSUER",
    "no provider",
    { expected: "a non-empty text", schema: z.string().min(1) },
  ),
  oidcJwksUrl: optionalText(
    "OIDC_JWKS_URL",
    "where its keys are",
    "the provider's discovery document says",
    webAddress("an address such as https://id.example.com/keys"),
  ),
};
