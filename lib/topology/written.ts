import type { Change } from './changes';
import type { Written } from './event';
import type { ClusterFacts, Decoded } from './facts';

/**
 * The write by which a change was seen: of the znode that tells it, as it is now. Null where the
 * change is that a znode is gone, of which ZooKeeper keeps nothing, or where PostgreSQL told it.
 */
export function writtenOf({ code, member }: Change, facts: ClusterFacts): Written | null {
  switch (code) {
    case 'leader-changed':
      return created(facts.leader);
    case 'config-changed':
    case 'mode-changed':
      return modified(facts.config);
    case 'sync-changed':
      return modified(facts.sync);
    case 'request-set':
      return modified(facts.failover);
    case 'member-joined':
    case 'member-returned':
      return created(memberOf(facts, member));
    // Patroni rewrites it in every loop: that is the write that was read, and it told the change.
    case 'state-changed':
    case 'role-changed':
      return modified(memberOf(facts, member));
    default:
      return null;
  }
}

const absent = { is: 'absent' } as const;

function memberOf(facts: ClusterFacts, name: string | null): Decoded<unknown> {
  return (name === null ? undefined : facts.members.get(name)) ?? absent;
}

function created(znode: Decoded<unknown>): Written | null {
  const stat = statOf(znode);
  return stat && { at: stat.ctime, zxid: stat.czxid };
}

function modified(znode: Decoded<unknown>): Written | null {
  const stat = statOf(znode);
  return stat && { at: stat.mtime, zxid: stat.mzxid };
}

function statOf(znode: Decoded<unknown>) {
  return znode.is === 'absent' ? null : znode.stat;
}
