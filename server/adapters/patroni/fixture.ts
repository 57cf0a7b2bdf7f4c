import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterKey, Stat } from '@/lib/topology/facts';
import type { MirroredZnode, RawZnode, ScopeSnapshot } from '@/server/ports';

/** For tests: the example payloads beside this file as the mirror would hold them. */

const FIXTURES = join(import.meta.dirname, 'fixtures');

export const ordersKey: ClusterKey = {
  ensemble: 'main',
  namespace: '/service',
  scope: 'orders',
  group: null,
};

interface TreeEntry {
  readonly data: string;
  readonly ephemeralOwner: string;
  readonly version?: number;
}

export function fixture<T>(...path: string[]): T {
  return JSON.parse(readFileSync(join(FIXTURES, ...path), 'utf8')) as T;
}

export function hasFixture(...path: string[]): boolean {
  return existsSync(join(FIXTURES, ...path));
}

let zxid = 0x100;

/** A znode as ZooKeeper would hand it out; each has a transaction id of its own. */
export function znode(data: string | Buffer, stat: Partial<Stat> = {}): RawZnode {
  zxid += 1;
  return {
    data: typeof data === 'string' ? Buffer.from(data) : data,
    stat: {
      czxid: zxid.toString(16),
      mzxid: zxid.toString(16),
      version: 0,
      ephemeralOwner: null,
      ctime: 0,
      mtime: 0,
      ...stat,
    },
  };
}

/** A scope that tests may change as a cluster would. */
export class FixtureScope implements ScopeSnapshot {
  readonly key: ClusterKey;
  readonly znodes = new Map<string, MirroredZnode>();
  readonly members = new Map<string, MirroredZnode>();

  constructor(key: ClusterKey = ordersKey) {
    this.key = key;
  }

  znode(name: string): MirroredZnode {
    return this.znodes.get(name) ?? null;
  }

  /** `path` is below the scope, e.g. "members/pg-a". Null deletes. */
  put(path: string, value: MirroredZnode): this {
    const member = /^members\/(.+)$/.exec(path)?.[1];
    if (member === undefined) this.znodes.set(path, value);
    else if (value === null) this.members.delete(member);
    else this.members.set(member, value);
    return this;
  }
}

/** One scope of a `tree.json`. */
export function treeScope(file: readonly string[], key: ClusterKey = ordersKey): FixtureScope {
  const base = `${key.namespace}/${key.scope}${key.group === null ? '' : `/${key.group}`}/`;
  const scope = new FixtureScope(key);
  for (const [path, entry] of Object.entries(fixture<Record<string, TreeEntry>>(...file))) {
    if (!path.startsWith(base) || path === `${base}members`) continue;
    const owner = entry.ephemeralOwner === '0x0' ? null : entry.ephemeralOwner.slice(2);
    scope.put(
      path.slice(base.length),
      znode(entry.data, { version: entry.version ?? 0, ephemeralOwner: owner }),
    );
  }
  return scope;
}
