/**
 * A person's name in the log. It is taken from there a template and a stretch of versions at a time, each for itself: as
 * long as a log takes, no statement does, and no row is held that an edit waits for.
 */
import { executeCount, queryRows, statement, type RawExecutor } from "../postgres/statement.js";

const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";

/** $1 person. The log takes no other change of its rows than that of an account that is being erased. */
const markErasing = statement(
  "mark_erasing",
  "UPDATE users SET erasing_since = now() WHERE id = $1::uuid AND erasing_since IS NULL",
);

/** $1 person, $2 template. The next one after that with an operation of theirs, and where its log begins and ends. */
const nextTemplate = statement(
  "next_template_in_log",
  `SELECT t.id, t.log_start_version, t.version
   FROM (SELECT template_id FROM template_operations WHERE user_id = $1::uuid AND template_id > $2::uuid
         ORDER BY template_id LIMIT 1) next
     JOIN templates t ON t.id = next.template_id`,
);

/** $1 person, $2 template, $3 and $4 resulting versions: from above the first through the second. */
const takeName = statement(
  "take_name_from_log",
  `UPDATE template_operations SET user_id = NULL, author_salt = NULL
   WHERE user_id = $1::uuid AND template_id = $2::uuid AND resulting_version > $3::int AND resulting_version <= $4::int`,
);

interface LogBounds {
  readonly id: string;
  readonly log_start_version: number;
  readonly version: number;
}

/**
 * Leaves the person's operations without a name, so many versions in one statement. What an interruption leaves undone
 * is done by the next call.
 */
export async function takeNameFromLog(
  executor: RawExecutor,
  userId: string,
  versionsAtOnce = 5_000,
): Promise<void> {
  await executeCount(executor, markErasing, [userId]);
  let templateId = BEFORE_ALL;
  for (;;) {
    const [next] = await queryRows<LogBounds>(executor, nextTemplate, [userId, templateId]);
    if (next === undefined) return;
    templateId = next.id;
    for (let from = next.log_start_version; from < next.version; from += versionsAtOnce) {
      await executeCount(executor, takeName, [userId, templateId, from, from + versionsAtOnce]);
    }
  }
}
