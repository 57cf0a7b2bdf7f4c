import { type Change, changesBetween } from '../topology/changes';
import type { ClusterView } from '../topology/view';

/** What a view has before PostgreSQL has been asked says nothing of these. */
const NEEDS_A_PROBE: ReadonlySet<Change['code']> = new Set(['problem-raised', 'problem-cleared']);

/**
 * What happened to a cluster between the last view that one process had of it and the first of the
 * next: all that ZooKeeper alone tells. `before` is null for a cluster that nobody has seen yet.
 */
export function changesUnwatched(before: ClusterView | null, after: ClusterView): Change[] {
  const changes = changesBetween(before, after);
  if (before === null) return [...changes];
  const names = new Set(after.members.map(({ name }) => name));
  const left = before.members
    .filter(({ name, presence }) => presence.is === 'present' && !names.has(name))
    .map(({ name }): Change => {
      const says = `${name} is gone from ZooKeeper`;
      return { code: 'member-missing', member: name, says };
    });
  return [...changes.filter(({ code }) => !NEEDS_A_PROBE.has(code)), ...left];
}
