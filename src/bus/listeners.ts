/** The listeners of one node by template and topic: what every bus adapter serves directly, whatever lies behind it. */
import {
  topicsOf,
  type BusListener,
  type BusMessage,
  type BusTopic,
  type TopicMessages,
} from "./changeBus.js";
import type { Warn } from "../platform/logging.js";

/** What is listened to: one topic of one template. */
export interface Channel {
  readonly templateId: string;
  readonly topic: BusTopic;
}

interface Heard {
  readonly channel: Channel;
  readonly listeners: Set<BusListener>;
}

export class Listeners {
  readonly #heard = new Map<string, Heard>();
  readonly #warn: Warn;

  constructor(warn: Warn) {
    this.#warn = warn;
  }

  /** The channels that somebody listens to. */
  get channels(): readonly Channel[] {
    return [...this.#heard.values()].map(({ channel }) => channel);
  }

  /** Adds a listener; `isFirst` of its channel, and how to remove it, which tells whether it was the last. */
  add<T extends BusTopic>(
    channel: Channel & { readonly topic: T },
    listener: BusListener<T>,
  ): { readonly isFirst: boolean; readonly remove: () => boolean } {
    // A function of its own, so that one listener added twice is heard twice and removed once each.
    const own: BusListener = (message) => listener(message as TopicMessages[T]);
    const key = keyOf(channel);
    const heard = this.#heard.get(key) ?? { channel, listeners: new Set<BusListener>() };
    const isFirst = heard.listeners.size === 0;
    this.#heard.set(key, heard);
    heard.listeners.add(own);
    return {
      isFirst,
      remove: () => {
        if (this.#heard.get(key) !== heard || !heard.listeners.delete(own)) return false;
        if (heard.listeners.size > 0) return false;
        this.#heard.delete(key);
        return true;
      },
    };
  }

  /** Hands the message to each listener of its channels; what one throws is reported and harms no other. */
  serve(message: BusMessage, topics: readonly BusTopic[] = topicsOf[message.kind]): void {
    const { templateId } = message;
    for (const topic of topics) {
      for (const listener of this.#heard.get(keyOf({ templateId, topic }))?.listeners ?? []) {
        try {
          listener(message);
        } catch (error) {
          this.#warn("a listener of the change bus failed", error);
        }
      }
    }
  }

  clear(): void {
    this.#heard.clear();
  }
}

function keyOf({ templateId, topic }: Channel): string {
  return `${topic} ${templateId}`;
}
