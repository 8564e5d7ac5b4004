/** The instants that every part of Strata can hold, PostgreSQL and ISO 8601 with four digits for the year included. */

/** Milliseconds since the epoch: the beginning of the year 1. */
export const INSTANT_MS_MIN = -62_135_596_800_000;

/** The last millisecond of the year 9999. */
export const INSTANT_MS_MAX = 253_402_300_799_999;
