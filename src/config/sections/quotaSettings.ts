/** How much may be stored for a person, a team and a template. */
import { defaultQuotas } from "../../domain/quotas.js";
import { numberSettings } from "../numberSettings.js";

export const quotaSettings = numberSettings(defaultQuotas, {
  templatesPerPersonMax: {
    description: "templates of one author, including deleted ones",
  },
  templatesPerTeamMax: {
    description: "templates in one team and its projects, including deleted ones",
  },
  storedBytesPerPersonMax: {
    description:
      "bytes of documents, logs and snapshots of one author's templates, above which creating and copying are refused",
  },
  storedBytesPerTeamMax: {
    description: "the same for the templates of one team",
  },
  editedBytesPerPersonMax: {
    description:
      "bytes of one author's templates, above which edits of them are refused too; at least STORED_BYTES_PER_PERSON_MAX",
  },
  editedBytesPerTeamMax: {
    description: "the same for the templates of one team; at least STORED_BYTES_PER_TEAM_MAX",
  },
  namedVersionsPerTemplateMax: {
    description: "named versions of a template, without automatic snapshots and those of reverts",
  },
});
