/** Bounds on how much one person or address does. */
export interface RateSettings {
  readonly operationsPerMinuteMax: number;
  readonly requestsPerMinuteMax: number;
  readonly readBytesPerMinuteMax: number;
  readonly copiedBytesPerMinuteMax: number;
  readonly addressRequestsPerMinuteMax: number;
  readonly addressSignUpsPerHourMax: number;
  readonly addressGuestSessionsPerHourMax: number;
  readonly guestRequestsPerSessionPerMinuteMax: number;
  readonly guestRequestsPerLinkPerMinuteMax: number;
  readonly guestRequestsPerMinuteMax: number;
  readonly addressGuestRequestsPerLinkPerMinuteMax: number;
  readonly addressGuestRequestsPerMinuteMax: number;
  readonly guestConnectionsPerLinkMax: number;
  readonly guestConnectionsMax: number;
  readonly addressGuestConnectionsPerLinkMax: number;
  readonly addressGuestConnectionsMax: number;
  readonly accountPasswordsPerHourMax: number;
  readonly unslowedPasswordsPerHourMax: number;
  readonly addressPasswordsPerHourMax: number;
  readonly connectionsPerUserMax: number;
  readonly connectionsPerAddressMax: number;
  readonly pendingConnectionsPerAddressMax: number;
  readonly subscriptionsPerUserMax: number;
  readonly answerBytesPerUserMax: number;
  readonly answerBytesMax: number;
  readonly bodyBytesPerUserMax: number;
  readonly bodyBytesMax: number;
  readonly subscriptionCostPerUserMax: number;
  readonly subscriptionCostPerUserAndTemplateMax: number;
  readonly subscriptionCostPerTemplateMax: number;
}

/** An office or a school may be one address; a person has some tabs open, each with some subscriptions. */
export const defaultRateSettings: RateSettings = {
  operationsPerMinuteMax: 1_000,
  requestsPerMinuteMax: 3_000,
  readBytesPerMinuteMax: 300_000_000,
  copiedBytesPerMinuteMax: 60_000_000,
  addressRequestsPerMinuteMax: 30_000,
  addressSignUpsPerHourMax: 60,
  addressGuestSessionsPerHourMax: 600,
  guestRequestsPerSessionPerMinuteMax: 600,
  guestRequestsPerLinkPerMinuteMax: 10_000,
  guestRequestsPerMinuteMax: 60_000,
  addressGuestRequestsPerLinkPerMinuteMax: 2_000,
  addressGuestRequestsPerMinuteMax: 6_000,
  guestConnectionsPerLinkMax: 1_000,
  guestConnectionsMax: 5_000,
  addressGuestConnectionsPerLinkMax: 200,
  addressGuestConnectionsMax: 500,
  accountPasswordsPerHourMax: 20,
  unslowedPasswordsPerHourMax: 100,
  addressPasswordsPerHourMax: 300,
  connectionsPerUserMax: 100,
  connectionsPerAddressMax: 1_000,
  pendingConnectionsPerAddressMax: 200,
  subscriptionsPerUserMax: 500,
  answerBytesPerUserMax: 100_000_000,
  answerBytesMax: 400_000_000,
  bodyBytesPerUserMax: 50_000_000,
  bodyBytesMax: 200_000_000,
  subscriptionCostPerUserMax: 10_000,
  subscriptionCostPerUserAndTemplateMax: 500,
  subscriptionCostPerTemplateMax: 10_000,
};
