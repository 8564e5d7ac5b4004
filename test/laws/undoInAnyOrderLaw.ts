/** The law of people who write into one text and undo in any order, until each of them has undone everything. */
import { CharacterOracle } from "./characterOracle.js";
import { randomOf } from "./fastDraw.js";
import { LawBroken } from "./lawBroken.js";
import { plainText } from "./oracle.js";
import { Table, textOperation } from "./undoTable.js";

const START = "abcdefgh";

/** At all times the text holds, in their order, the characters that a batch in effect wrote and none deleted. */
export function checkUndoInAnyOrder(seeds: number): void {
  for (let seed = 0; seed < seeds; seed += 1) checkSeed(seed);
}

function checkSeed(seed: number): void {
  const random = randomOf(seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const element = { id: "e", type: "text", x: 0, y: 0, text: START };
  const pages = [{ id: "p", elements: [element] }];
  const table = new Table({ canvas: {}, pages, audioLayers: [] });
  const textNow = () => plainText(table.design.pages[0]!.elements[0]!["text"] ?? "");
  const oracle = new CharacterOracle(START);
  let written = 0;
  const character = () => {
    written += 1;
    return String.fromCodePoint(0x4e00 + written);
  };
  const edit = (person: string) => {
    const now = textNow();
    const at = below(now.length + 1);
    const gone = below(2) === 0 ? now.slice(at, at + below(5)) : "";
    const fresh =
      gone !== "" && below(2) === 0 ? "" : Array.from({ length: 1 + below(3) }, character).join("");
    table.edit(person, [textOperation(at, gone.length, fresh)]);
    const after = now.charAt(at - 1);
    oracle.edit(table.log.at(-1)!.batchId, [{ after, fresh, gone }]);
  };
  const undo = (person: string) => {
    const [before, length] = [textNow(), table.log.length];
    const outcome = table.invertPartly(person, "undo");
    oracle.invert(table.log.slice(length));
    const now = textNow();
    if (now !== oracle.visible) {
      throw new LawBroken(`seed ${seed}, version ${table.state.version}: ${before} -> ${now}`);
    }
    return outcome;
  };
  const people = ["x", "y", "z"].slice(0, 2 + below(2));
  const anyone = (of: readonly string[]) => of[below(of.length)]!;
  for (let left = 3 + below(6); left > 0; left -= 1) {
    if (below(3) > 0) edit(anyone(people));
    else undo(anyone(people));
  }
  let left: readonly string[] = people;
  while (left.length > 0) {
    const person = anyone(left);
    if (undo(person) !== "undone") left = left.filter((each) => each !== person);
  }
}
