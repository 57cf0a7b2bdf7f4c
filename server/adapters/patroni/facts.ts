import type { ClusterFacts, Decoded, MemberFacts } from '@/lib/topology/facts';
import type { MirroredZnode, ScopeSnapshot } from '@/server/ports';
import { decode, unreadable } from './decode';
import {
  readConfig,
  readFailover,
  readFailsafe,
  readHistory,
  readLeader,
  readMember,
  readStatus,
  readSync,
} from './parse';

/** Reads one scope's znodes into the domain. Never throws: what makes no sense is said to be so. */
export function readCluster(scope: ScopeSnapshot): ClusterFacts {
  const members = new Map<string, Decoded<MemberFacts>>();
  for (const [name, znode] of scope.members) {
    members.set(
      name,
      read(znode, (text) => readMember(name, text)),
    );
  }
  return {
    key: scope.key,
    leader: read(scope.znode('leader'), readLeader),
    failover: read(scope.znode('failover'), readFailover),
    config: read(scope.znode('config'), readConfig),
    sync: read(scope.znode('sync'), readSync),
    history: read(scope.znode('history'), readHistory),
    initialize: read(scope.znode('initialize'), (text) => text),
    status: read(scope.znode('status'), readStatus),
    failsafe: read(scope.znode('failsafe'), readFailsafe),
    members,
  };
}

/**
 * What has been decoded before: the mirror keeps a znode's object for as long as its content is the
 * same, and each has one place in one scope, hence one reader.
 */
const decoded = new WeakMap<object, Decoded<unknown>>();

function read<T>(znode: MirroredZnode, reader: (text: string) => T): Decoded<T> {
  if (znode === null) return { is: 'absent' };
  const before = decoded.get(znode);
  if (before) return before as Decoded<T>;
  const now = 'failed' in znode ? unreadable(znode.failed, null) : decode(znode, reader);
  decoded.set(znode, now);
  return now;
}
