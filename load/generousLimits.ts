/** Settings for servers whose few accounts do the work of many people: rates that none of them reaches. */
export const generousLimits = {
  OPERATIONS_PER_MINUTE_MAX: "1_000_000_000",
  REQUESTS_PER_MINUTE_MAX: "1_000_000_000",
  ADDRESS_REQUESTS_PER_MINUTE_MAX: "1_000_000_000",
  ADDRESS_SIGN_UPS_PER_HOUR_MAX: "1_000_000_000",
  CONNECTIONS_PER_USER_MAX: "1_000_000",
  CONNECTIONS_PER_ADDRESS_MAX: "1_000_000",
  SUBSCRIPTIONS_PER_USER_MAX: "1_000_000",
} as const;
