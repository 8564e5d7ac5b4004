/** Refusals of what a quota has no room for. */
import type { QuotaFull, QuotaHolder } from "../../domain/quotas.js";
import { refused, type RequestError } from "../requestError.js";

const HOLDERS = {
  person: "the author's templates",
  team: "the team's templates",
  template: "the template",
};

/** The refusal of what would be stored beyond the quota. */
export function quotaExceeded({ holder, what, max }: QuotaFull): RequestError {
  const whose = HOLDERS[holder];
  switch (what) {
    case "templates":
      return quotaRefusal(`${whose} are at the quota of ${max} or above it; erase some first`);
    case "bytes":
      return quotaRefusal(
        `${whose} would exceed the quota of ${max} bytes with this, including history; erase some first`,
      );
    case "namedVersions":
      return quotaRefusal(`${whose} is at the quota of ${max} named versions or above it`);
  }
}

/** The refusal of an edit of a template whose author or team stores more than may be edited. */
export function editQuotaExceeded(holder: QuotaHolder): RequestError {
  return quotaRefusal(
    `${HOLDERS[holder]} exceed the quota of bytes for edits, including history; erase some first`,
  );
}

function quotaRefusal(message: string): RequestError {
  return refused("QUOTA_EXCEEDED", message);
}
