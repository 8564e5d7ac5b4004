/** What is going on, on one line of standard error; a line each where that is not a terminal. */
export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

const CLEAR_LINE = "\r\u001b[2K";

export function progressLine(output: NodeJS.WriteStream = process.stderr): ProgressLine {
  const { isTTY } = output;
  return {
    show: (text) => void output.write(isTTY ? CLEAR_LINE + text : `${text}\n`),
    clear: () => void (isTTY && output.write(CLEAR_LINE)),
  };
}
