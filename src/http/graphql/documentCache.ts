/** Parsed documents by their text, bounded in bytes: a client that writes values into its documents cannot fill the memory. */

/** What Yoga asks of a cache. */
export interface DocumentCache<T> {
  get(text: string): T | undefined;
  set(text: string, value: T): unknown;
}

/** A document without variables is rarely sent twice, and long ones are mostly values. */
const TEXT_UNITS_MAX = 16_000;

/** A cache of the most recently used, holding texts of at most so many UTF-16 units together. */
export function createDocumentCache<T>(unitsMax: number): DocumentCache<T> {
  const entries = new Map<string, T>();
  let units = 0;
  return {
    get(text) {
      const value = entries.get(text);
      if (value === undefined) return undefined;
      // The order of a Map is that of insertion: what was used last stands last.
      entries.delete(text);
      entries.set(text, value);
      return value;
    },
    set(text, value) {
      if (text.length > TEXT_UNITS_MAX) return;
      if (!entries.has(text)) units += text.length;
      entries.set(text, value);
      for (const oldest of entries.keys()) {
        if (units <= unitsMax) break;
        entries.delete(oldest);
        units -= oldest.length;
      }
    },
  };
}
