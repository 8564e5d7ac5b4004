/** One line on standard error: a bar that fills on a terminal, a line per tenth elsewhere. */
const WIDTH = 30;

export class ProgressBar {
  private shownTenth = -1;

  constructor(
    private readonly label: string,
    private readonly total: number,
    private readonly output: NodeJS.WriteStream = process.stderr,
  ) {}

  show(done: number): void {
    const share = this.total === 0 ? 1 : done / this.total;
    if (!this.output.isTTY) return this.showTenth(share, done);
    const filled = Math.round(share * WIDTH);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    this.output.write(`\r${this.label} ${bar} ${done}/${this.total}`);
    if (done >= this.total) this.output.write("\n");
  }

  private showTenth(share: number, done: number): void {
    const tenth = Math.floor(share * 10);
    if (tenth === this.shownTenth) return;
    this.shownTenth = tenth;
    this.output.write(`${this.label} ${tenth * 10} % (${done}/${this.total})\n`);
  }
}
