/** Why a snapshot was kept, where nobody says it in their own words. */

export const AUTO_REASON = "Automatic snapshot";
export const MANUAL_REASON = "Manual snapshot";
/** Of reverts from before snapshots said the version. */
export const REVERT_REASON = "Reverted to an older version";

export function revertReason(targetVersion: number): string {
  return `Reverted to version ${targetVersion}`;
}
