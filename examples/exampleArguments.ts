/** What the command line hands to an example. */
export interface ExampleArguments {
  /** Of the GraphQL endpoint. */
  readonly url: string;
  /** The words after the example's name. */
  readonly words: readonly string[];
  /** `--limit`: how much of its input the example should use; what it counts is the example's to say. */
  readonly limit?: number;
  readonly seed?: number;
  /** `--leave-out-bad`: uses the rest of an input of which some parts are bad. */
  readonly leaveOutBad?: boolean;
}
