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
      return quotaRefusal(
        `${whose} are ${max} or more, as many as there may be: remove some for good first`,
      );
    case "bytes":
      return quotaRefusal(
        `${whose} would take more than ${max} bytes with this, history included: remove some for good first`,
      );
    case "namedVersions":
      return quotaRefusal(`${whose} has ${max} named versions or more, as many as there may be`);
  }
}

/** The refusal of an edit of a template whose author or team stores more than may be edited. */
export function editQuotaExceeded(holder: QuotaHolder): RequestError {
  return quotaRefusal(
    `${HOLDERS[holder]} take more bytes, history included, than may be edited: remove some for good first`,
  );
}

function quotaRefusal(message: string): RequestError {
  return refused("QUOTA_EXCEEDED", message);
}
