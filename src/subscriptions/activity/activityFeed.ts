/**
 * The activity of one template on one node. Who may see it is asked when something happens, together for all that
 * happened meanwhile: so access that changed counts at once, and a template that nothing happens on costs nothing.
 */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { AccessReader } from "../../storage/access/accessReader.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import type { ActivityMessage } from "../../bus/changeBus.js";
import type { Renderer, EventSink } from "../subscription.js";
import type { ActivityEvent } from "./activitySource.js";
import { SinkMember } from "../sinkMember.js";
import type { Warn } from "../../platform/logging.js";

/** What waits for the answer; the oldest are dropped where more happens. */
const waitingMax = 100;

export class ActivityFeed {
  readonly members = new Set<ActivityMember>();
  readonly #head: () => Promise<TemplateHead | undefined>;
  readonly #access: Pick<AccessReader, "granted">;
  #waiting: ActivityEvent[] = [];
  #telling = false;

  constructor(
    head: () => Promise<TemplateHead | undefined>,
    access: Pick<AccessReader, "granted">,
  ) {
    this.#head = head;
    this.#access = access;
  }

  receive({ templateId, activity }: ActivityMessage): void {
    this.#waiting.push({ templateId, ...activity });
    if (this.#waiting.length > waitingMax) this.#waiting.shift();
    if (!this.#telling) void this.#tellAll();
  }

  async #tellAll(): Promise<void> {
    this.#telling = true;
    try {
      while (this.#waiting.length > 0) {
        const head = await this.#head();
        const events = this.#waiting.splice(0);
        if (head === undefined) continue;
        const members = await this.#mayView(head);
        for (const event of events) await tell(members, event);
      }
    } catch {
      // Whether anybody may see it cannot be known now, and later it is no news.
      this.#waiting = [];
    } finally {
      this.#telling = false;
    }
  }

  async #mayView(head: TemplateHead): Promise<ActivityMember[]> {
    const members = [...this.members];
    const heads = await Promise.all(
      members.map(({ viewer }) => this.#access.granted(viewer, head)),
    );
    return members.filter(
      ({ viewer }, index) => decideAccess(viewer, "view", heads[index]!).allowed,
    );
  }
}

/** Hands the event to the members, rendered once for those who share that. */
async function tell(members: readonly ActivityMember[], event: ActivityEvent): Promise<void> {
  const rendered = new Map<Renderer<unknown, ActivityEvent>, unknown>();
  for (const member of members) {
    const { renderer } = member;
    if (!rendered.has(renderer)) rendered.set(renderer, await renderer.render(event));
    member.deliver(rendered.get(renderer));
  }
}

/** One subscriber of activity, on all its templates. */
export class ActivityMember<R = unknown> extends SinkMember<R> {
  constructor(
    readonly renderer: Renderer<R, ActivityEvent>,
    sink: EventSink<R>,
    viewer: Viewer,
    warn: Warn,
    /** Lets go of its templates. */
    private readonly leave: (member: ActivityMember) => void,
  ) {
    super(sink, viewer, warn);
  }

  /** Hands it the event, unless it takes none now: activity is not told again. */
  deliver(rendered: R): void {
    if (this.ready) this.hand(rendered);
  }

  /** What it did not take is gone. */
  protected resumed(): void {}

  protected left(): void {
    this.leave(this as ActivityMember);
  }
}
