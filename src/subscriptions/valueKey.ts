/** A text that is equal for values that are equal, and differs for all others: what may be shared by value. */

let unequal = 0;

/**
 * Tells apart what JSON writes alike: absent, null, NaN and the infinities, and -0. The order of an object's keys
 * does not count. What is no plain value equals nothing.
 */
export function valueKey(value: unknown): string {
  switch (typeof value) {
    case "undefined":
      return "absent";
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "boolean":
      return String(value);
    case "bigint":
      return `${value}n`;
    case "object":
      return value === null ? "null" : objectKey(value);
    default:
      return onlyItself();
  }
}

function objectKey(value: object): string {
  if (Array.isArray(value)) return `[${value.map(valueKey).join()}]`;
  if (value instanceof Date) return `date ${value.getTime()}`;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return onlyItself();
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, one]) => `${JSON.stringify(key)}:${valueKey(one)}`).join()}}`;
}

function onlyItself(): string {
  unequal += 1;
  return `only ${unequal}`;
}
