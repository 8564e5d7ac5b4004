/**
 * Which edits of a history are in effect: a batch is switched off by its undo and on again by its redo. Where the batch lies
 * before the history, its undo there is an edit like any other, which the redo switches off.
 */
import { stepKey, type LogEntry } from "../history/logEntry.js";

interface Group {
  readonly labels: Set<string>;
  /** Whether the batch itself is in effect while the group is on. */
  readonly isForward: boolean;
  readonly clientId: string | null;
  isOn: boolean;
}

export class EditGroups {
  /** Ids of the operations that are off. */
  readonly off = new Set<string>();
  private readonly groups = new Map<string, Group[]>();
  /** By operation, the group that it switched, and whether that was on before. */
  private readonly switchedBy = new Map<
    string,
    { readonly group: Group; readonly wasOn: boolean }
  >();
  private last:
    | { readonly event: string; readonly group: Group; readonly switches: boolean }
    | undefined;

  /** Goes on by an entry. Answers the labels that it switched, undefined where it is an edit of its own. */
  enter(entry: LogEntry): ReadonlySet<string> | undefined {
    const { id, batchId, userId, clientId, undoes, redoes } = entry;
    const event = JSON.stringify([userId, clientId, batchId, undoes, redoes]);
    if (this.last?.event !== event) this.last = { event, ...this.begun(entry) };
    const { group, switches } = this.last;
    if (!switches) {
      group.labels.add(id);
      return undefined;
    }
    this.switchedBy.set(id, { group, wasOn: !group.isOn });
    return group.labels;
  }

  /** Switches back what the operation did: itself, or what it undid or redid. Answers which labels those are. */
  switchBack(operationId: string): ReadonlySet<string> {
    const switched = this.switchedBy.get(operationId);
    if (switched === undefined) {
      this.off.add(operationId);
      return new Set([operationId]);
    }
    const { group, wasOn } = switched;
    this.turn(group, wasOn);
    return group.labels;
  }

  private begun(entry: LogEntry) {
    const { clientId, undoes, redoes } = entry;
    const key = stepKey(entry);
    const groups = this.groups.get(key) ?? [];
    this.groups.set(key, groups);
    const isForward = undoes === null;
    const isSame = (group: Group) =>
      clientId === null || group.clientId === null || group.clientId === clientId;
    const switched =
      undoes === null && redoes === null
        ? undefined
        : groups.findLast(
            (group) => isSame(group) && (group.isForward === group.isOn) !== isForward,
          );
    if (switched !== undefined) {
      this.turn(switched, !switched.isOn);
      return { group: switched, switches: true };
    }
    const group = { labels: new Set<string>(), isForward, clientId, isOn: true };
    groups.push(group);
    return { group, switches: false };
  }

  private turn(group: Group, isOn: boolean): void {
    if (group.isOn === isOn) return;
    group.isOn = isOn;
    for (const label of group.labels) {
      if (group.isOn) this.off.delete(label);
      else this.off.add(label);
    }
  }
}
