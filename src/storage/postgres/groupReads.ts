/**
 * Group reads: lookups that arrive while a query is on its way wait and go together with the next one, so that many
 * concurrent requests cost few queries. A lookup never joins a query that left before it was asked: what it answers was
 * read afterwards.
 */
import DataLoader from "dataloader";

/** Reads together, one query at a time; `read` answers in the order asked, an Error where one alone failed. */
export function groupReads<K, V>(
  read: (keys: readonly K[]) => Promise<readonly (V | Error)[]>,
): (key: K) => Promise<V> {
  let inFlight: Promise<unknown> = Promise.resolve();
  const loader = new DataLoader<K, V>(
    (keys) => {
      const reading = read(keys);
      inFlight = reading.catch(() => undefined);
      return reading;
    },
    {
      // What was read once is old at once; what is shared is the query, not its answer.
      cache: false,
      batchScheduleFn: (dispatch) => void inFlight.then(dispatch),
    },
  );
  return (key) => loader.load(key);
}
