/** How much may be stored for a person, a team and a template. */
import { defaultQuotas } from "../../domain/quotas.js";
import { numberSettings } from "../numberSettings.js";

export const quotaSettings = numberSettings(defaultQuotas, {
  templatesPerPersonMax: {
    description: "templates of which one person is the author, those in the bin among them",
  },
  templatesPerTeamMax: {
    description: "templates in one team and its projects, those in the bin among them",
  },
  storedBytesPerPersonMax: {
    description:
      "bytes of documents, logs and snapshots of the templates of one author, beyond which nothing is created or copied for them",
  },
  storedBytesPerTeamMax: {
    description: "the same for the templates of one team",
  },
  editedBytesPerPersonMax: {
    description:
      "bytes of the templates of one author, beyond which these are not edited either; at least STORED_BYTES_PER_PERSON_MAX",
  },
  editedBytesPerTeamMax: {
    description: "the same for the templates of one team; at least STORED_BYTES_PER_TEAM_MAX",
  },
  namedVersionsPerTemplateMax: {
    description:
      "named versions of a template; automatic snapshots and those of reverts do not count",
  },
});
