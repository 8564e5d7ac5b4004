/** The part of Excalidraw's library format that the conversion reads, in its first version and its second. */
import { z } from "zod";
import type { BadElement } from "./withoutBadElements.js";

const point = z.tuple([z.number(), z.number()]).rest(z.number());

const element = z.looseObject({
  id: z.string().min(1),
  type: z.string().min(1),
  x: z.number(),
  y: z.number(),
  width: z.number().default(0),
  height: z.number().default(0),
  angle: z.number().optional(),
  groupIds: z.array(z.string()).nullish(),
  frameId: z.string().nullish(),
  isDeleted: z.boolean().optional(),
  points: z.array(point).optional(),
  pressures: z.array(z.number()).optional(),
  simulatePressure: z.boolean().optional(),
});
export type ExcalidrawElement = z.infer<typeof element>;

const item = z.object({ name: z.string().optional(), elements: z.array(z.unknown()) });

/** One item of a library, with those of its elements that can be read. */
export interface LibraryItem {
  readonly name: string | undefined;
  readonly elements: readonly PlacedElement[];
}

/** An element with the place in the file where it stands. */
export interface PlacedElement {
  readonly place: string;
  readonly element: ExcalidrawElement;
}

const library = z.union([
  z.object({ type: z.literal("excalidrawlib"), libraryItems: z.array(item) }),
  // Version 1 has bare lists of elements.
  z.object({ type: z.literal("excalidrawlib"), library: z.array(z.array(z.unknown())) }),
]);

/**
 * The items of a parsed `.excalidrawlib` file, and which of their elements cannot be read. Throws an Error that says what
 * is wrong where it is no such file.
 */
export function parseLibrary(value: unknown): {
  readonly items: readonly LibraryItem[];
  readonly bad: readonly BadElement[];
} {
  const parsed = library.safeParse(value);
  if (!parsed.success) {
    throw new Error(`not an Excalidraw library: ${z.prettifyError(parsed.error)}`);
  }
  const bad: BadElement[] = [];
  const read = (elements: readonly unknown[], path: string): PlacedElement[] =>
    elements.flatMap((given, index) => {
      const place = `${path}.${index}`;
      const result = element.safeParse(given);
      if (result.success) return { place, element: result.data };
      const [issue] = result.error.issues;
      const at = [place, ...(issue?.path ?? [])].join(".");
      bad.push({ place: at, message: issue?.message ?? "cannot be read" });
      return [];
    });
  const { data } = parsed;
  const items =
    "library" in data
      ? data.library.map((elements, index) => {
          return { name: undefined, elements: read(elements, `library.${index}`) };
        })
      : data.libraryItems.map(({ name, elements }, index) => {
          return { name, elements: read(elements, `libraryItems.${index}.elements`) };
        });
  return { items, bad };
}
