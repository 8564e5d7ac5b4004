/** What of an inbox its person is told, as a condition of SQL: the rule of `decideAccess` for `view`, on all rows at once. */

/**
 * On a row `n` of `notifications`; the parameter is now in milliseconds. It holds for whoever signed in: a token that is limited
 * to a part of what its person has reads no inbox.
 */
export function isToldSql(nowParameter: string): string {
  return `
    (n.template_id IS NULL OR EXISTS (
      SELECT FROM templates t LEFT JOIN projects p ON p.id = t.project_id
      WHERE t.id = n.template_id AND t.deleted_at IS NULL AND (
        t.is_public OR t.author_id = n.user_id OR p.owner_id = n.user_id
        OR EXISTS (SELECT FROM template_permissions g LEFT JOIN share_links link
            ON link.template_id = g.template_id AND link.id = g.share_link_id
          WHERE g.template_id = t.id AND g.user_id = n.user_id
            AND (link.expires_at IS NULL OR link.expires_at > statement_timestamp()))
        OR EXISTS (SELECT FROM project_members m WHERE m.project_id = t.project_id AND m.user_id = n.user_id)
        OR EXISTS (SELECT FROM teams team WHERE team.id = coalesce(t.team_id, p.team_id) AND ${isInTeamSql})
        OR EXISTS (SELECT FROM template_permissions g JOIN teams team ON team.id = g.team_id
          WHERE g.template_id = t.id AND ${isInTeamSql})
      )))
    AND (n.project_id IS NULL OR EXISTS (
      SELECT FROM projects p WHERE p.id = n.project_id AND (p.owner_id = n.user_id
        OR EXISTS (SELECT FROM project_members m WHERE m.project_id = p.id AND m.user_id = n.user_id))))
    AND (n.invitation_id IS NULL OR EXISTS (
      SELECT FROM team_invitations i WHERE i.id = n.invitation_id AND i.accepted_by_id IS NULL
        AND i.expires_at > to_timestamp(${nowParameter}::float8 / 1000)))`;
}

const isInTeamSql = `(team.owner_id = n.user_id
          OR EXISTS (SELECT FROM team_members m WHERE m.team_id = team.id AND m.user_id = n.user_id))`;
