/** What a check throws where something does not hold that must. */
export class LawBroken extends Error {}
