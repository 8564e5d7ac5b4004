/** GraphQL over HTTP, as k6 sends it. The server is where `STRATA_URL` says. */
import http from "k6/http";
import { Rate } from "k6/metrics";

export const urls = __ENV.STRATA_URL.split(",");

/** Requests that were not answered with data. */
export const failed = new Rate("graphql_failed");

const headers = { "content-type": "application/json" };

/**
 * The `data` of the answer; undefined where there is none, which counts as failed. `node` is a place in the list of
 * nodes. `name` tags the request in k6's own metrics.
 */
export function ask(query, variables, { token, name, node = 0 }) {
  const response = http.post(urls[node % urls.length], JSON.stringify({ query, variables }), {
    headers: token === undefined ? headers : { ...headers, authorization: `Bearer ${token}` },
    tags: { name },
  });
  const answer = response.status === 200 ? response.json() : undefined;
  const isGood = answer !== undefined && answer.errors === undefined;
  failed.add(!isGood);
  return isGood ? answer.data : undefined;
}
