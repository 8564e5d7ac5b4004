/** How long people stay signed in, how many tokens they may have, and whose word on who they are counts beside their own. */
import { z } from "zod";
import { numberSettings } from "./numberSettings.js";
import { optionalText } from "./setting.js";

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
