/** The form in which PostgreSQL gives UUIDs back. */
const canonicalUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/**
 * Whether the text can be the id of a row. Ids come from clients: one of another form belongs to no row, and must not
 * reach a cast in SQL, which would fail instead of finding nothing.
 */
export function isUuid(id: string): boolean {
  return canonicalUuid.test(id);
}
