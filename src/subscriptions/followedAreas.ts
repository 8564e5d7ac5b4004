/** The areas of a template's new operations, followed from the moment the first viewport asks for them. */
import type { ChangeOperation } from "./changeBus.js";
import type { ChangeRing } from "./changeRing.js";
import { type Area, ElementAreas } from "./elementAreas.js";
import type { FeedSource, State } from "./feedSource.js";

export class FollowedAreas {
  readonly #templateId: string;
  readonly #ring: ChangeRing;
  readonly #source: FeedSource;
  #areas: ElementAreas | undefined;
  #starting = false;

  constructor(templateId: string, ring: ChangeRing, source: FeedSource) {
    this.#templateId = templateId;
    this.#ring = ring;
    this.#source = source;
  }

  /** Reads the state to follow from, unless that is done; until it is there nothing has an area. */
  start(): void {
    if (this.#areas !== undefined || this.#starting) return;
    this.#starting = true;
    this.#source
      .readState(this.#templateId)
      .then((state) => this.#followFrom(state))
      // Viewports leave out less then, which is right as well; the next one that comes tries again.
      .catch(() => undefined)
      .finally(() => {
        this.#starting = false;
      });
  }

  /** Takes in an operation that was just added to the ring. */
  follow(operation: ChangeOperation): void {
    const areas = this.#areas;
    if (areas === undefined) return;
    if (operation.resultingVersion > areas.version + 1) {
      this.#areas = undefined;
      this.start();
      return;
    }
    areas.follow(operation);
  }

  /** Where the operation took place; undefined where that is not certain. */
  areaOf(operation: ChangeOperation): Area | undefined {
    return this.#areas?.areaOf(operation);
  }

  #followFrom(state: State): void {
    const areas = new ElementAreas(state.version, state.design);
    if (state.version < this.#ring.fromVersion) return;
    for (let version = state.version; version < this.#ring.toVersion;) {
      const operations = this.#ring.after(version, this.#source.settings);
      if (operations === undefined) return;
      for (const operation of operations) areas.follow(operation);
      version = areas.version;
    }
    this.#areas = areas;
  }
}
