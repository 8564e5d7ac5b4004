/** What a rectangle shows of a page, by the corners of all that is drawn, turned one by one: slow, and told without the code under test. */
import type { DesignElement } from "../../src/domain/document/design.js";
import type { Rectangle } from "../../src/domain/viewport/bounds.js";

type Corner = readonly [x: number, y: number];
/** Empty: drawn nowhere; undefined: it may be anywhere. */
type Corners = readonly Corner[] | undefined;

/** The elements that show, in paint order. */
export function shownOnPage(
  elements: readonly DesignElement[],
  viewport: Rectangle,
): DesignElement[] {
  const page = new Drawing(elements);
  return elements.filter((element) => {
    const corners = page.placesOf(element);
    if (corners === undefined) return true;
    const [x, y] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
    return (
      Math.min(...x) <= viewport.x + viewport.width &&
      Math.max(...x) >= viewport.x &&
      Math.min(...y) <= viewport.y + viewport.height &&
      Math.max(...y) >= viewport.y
    );
  });
}

class Drawing {
  constructor(readonly elements: readonly DesignElement[]) {}

  /** Where the element is drawn, with the turns of the groups around it and without. */
  placesOf(element: DesignElement): Corners {
    let corners = this.#ofOne(element);
    for (let around = this.#parentOf(element); around; around = this.#parentOf(around)) {
      corners = this.#turnedToo(corners, around);
    }
    return corners;
  }

  #parentOf({ parentId }: DesignElement): DesignElement | undefined {
    return this.elements.find(({ id }) => id === parentId);
  }

  #ofOne(element: DesignElement): Corners {
    const children = this.elements.filter(({ parentId }) => parentId === element.id);
    const own = drawn(element);
    if (children.length === 0) return own?.length === 0 ? [[element.x, element.y]] : own;
    return together(own, this.#turnedToo(this.#ofAll(children), element));
  }

  #ofAll(children: readonly DesignElement[]): Corners {
    return children.map((child) => this.#ofOne(child)).reduce(together);
  }

  #turnedToo(corners: Corners, group: DesignElement): Corners {
    const { rotation } = group;
    if (typeof rotation !== "number" || rotation % 360 === 0 || corners === undefined)
      return corners;
    const children = this.elements.filter(({ parentId }) => parentId === group.id);
    const box = boxOf(group);
    const about = box.length > 0 ? box : this.#ofAll(children);
    return about === undefined
      ? corners
      : together(corners, turned(boxAround(corners), about, rotation));
  }
}

function drawn(element: DesignElement): Corners {
  const { type, x, y, rotation, strokeWidth, points } = element;
  const box = boxOf(element);
  const line = Array.isArray(points)
    ? (points as number[][]).map(([right, down]): Corner => [x + right!, y + down!])
    : [];
  if (box.length + line.length === 0) {
    return type === "group" || type === "frame" ? [] : undefined;
  }
  const margin = typeof strokeWidth === "number" ? strokeWidth : 0;
  const wide = boxAround([...box, ...line]).map(([cornerX, cornerY], index): Corner => [
    cornerX + (index % 2 === 0 ? -margin : margin),
    cornerY + (index < 2 ? -margin : margin),
  ]);
  if (typeof rotation !== "number" || rotation % 360 === 0) return wide;
  return [box, line]
    .filter(({ length }) => length > 0)
    .flatMap((about) => turned(wide, about, rotation));
}

function boxOf({ x, y, width, height }: DesignElement): readonly Corner[] {
  if (typeof width !== "number" || typeof height !== "number") return [];
  return [
    [x, y],
    [x + width, y + height],
  ];
}

function together(a: Corners, b: Corners): Corners {
  return a === undefined || b === undefined ? undefined : [...a, ...b];
}

/** Left before right, upper before lower. */
function boxAround(corners: readonly Corner[]): readonly Corner[] {
  if (corners.length === 0) return [];
  const [x, y] = [corners.map((corner) => corner[0]), corners.map((corner) => corner[1])];
  const [left, right] = [Math.min(...x), Math.max(...x)];
  const [top, bottom] = [Math.min(...y), Math.max(...y)];
  return [
    [left, top],
    [right, top],
    [left, bottom],
    [right, bottom],
  ];
}

function turned(corners: readonly Corner[], about: readonly Corner[], degrees: number): Corner[] {
  const [upperLeft, , , lowerRight] = boxAround(about);
  const x = (upperLeft![0] + lowerRight![0]) / 2;
  const y = (upperLeft![1] + lowerRight![1]) / 2;
  // Quarter turns are exact: what is drawn up to an edge touches it.
  const [cosine, sine] = [Math.cos, Math.sin].map(
    (of) => Math.round(of((degrees * Math.PI) / 180) * 1e15) / 1e15,
  ) as [number, number];
  return corners.map(([cornerX, cornerY]) => [
    x + (cornerX - x) * cosine - (cornerY - y) * sine,
    y + (cornerX - x) * sine + (cornerY - y) * cosine,
  ]);
}
