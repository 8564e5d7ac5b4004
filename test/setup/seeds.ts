/** How many seeds a law is tried with: all of them in `npm run test:slow`, a tenth elsewhere. */
const SHARE_OF_SHORT_RUNS = 0.1;

/** Of so many seeds, or of what so many bring about, as many as this run takes. */
export function seedsOf(many: number): number {
  const share = process.env["LAWS"] === "long" ? 1 : SHARE_OF_SHORT_RUNS;
  return Math.ceil(many * share);
}
