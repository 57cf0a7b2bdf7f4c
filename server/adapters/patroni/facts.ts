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

function read<T>(znode: MirroredZnode, reader: (text: string) => T): Decoded<T> {
  if (znode !== null && 'failed' in znode) return unreadable(znode.failed, null);
  return decode(znode, reader);
}
