/** The part of Excalidraw's library format that the conversion reads, in its first version and its second. */
import { z } from "zod";

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

const item = z.object({ name: z.string().optional(), elements: z.array(element) });
export type LibraryItem = z.infer<typeof item>;

const library = z.union([
  z.object({ type: z.literal("excalidrawlib"), libraryItems: z.array(item) }),
  // Version 1 has bare lists of elements.
  z
    .object({ type: z.literal("excalidrawlib"), library: z.array(z.array(element)) })
    .transform(({ library: items }) => ({ libraryItems: items.map((elements) => ({ elements })) })),
]);

/** The items of a parsed `.excalidrawlib` file. Throws an Error that says what is wrong with it. */
export function parseLibrary(value: unknown): readonly LibraryItem[] {
  const parsed = library.safeParse(value);
  if (parsed.success) return parsed.data.libraryItems;
  throw new Error(`not an Excalidraw library: ${z.prettifyError(parsed.error)}`);
}
