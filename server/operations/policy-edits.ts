import { Failure, isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import { changed, type SeenPolicy } from '@/lib/routing/change';
import { defaultPolicy, drainsIn, parsePolicy, type RoutingPolicy } from '@/lib/routing/policy';
import { type PolicyState, policyState } from '@/lib/routing/view';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import type { Clock, ListingAccess, PolicyWriter, RawZnode, WantedPolicy } from '../ports';
import { ensureFolder } from '../znode-folder';

export interface PolicyEditsOptions {
  readonly clock: Clock;
  /** Howdah's own folder in ZooKeeper. */
  readonly root: string;
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly access: (ensemble: string) => ListingAccess;
  readonly askedEveryMs: number;
  /** A line for the cluster's history. */
  readonly note: (id: ClusterId, says: string) => void;
}

/** A lost answer is looked for as often, and as long. */
const [LOOK_MS, LOOKS] = [500, 20];

/** Where the policies of an ensemble's clusters are. */
export const policyFolder = (root: string): string => `${root === '/' ? '' : root}/routing`;

/**
 * Changes the routing policies: each a persistent znode, written by compare-and-set on what was seen.
 * It needs no turn: whoever comes second is refused.
 */
export class PolicyEdits implements PolicyWriter {
  readonly #options: PolicyEditsOptions;

  constructor(options: PolicyEditsOptions) {
    this.#options = options;
  }

  async change(cluster: ClusterId, wanted: WantedPolicy): Promise<PolicyState> {
    const { view: viewOf, clock, askedEveryMs, note, access: accessTo } = this.#options;
    const view = viewOf(cluster);
    if (!view) throw new Failure('not-found', 'There is no such cluster.');
    const access = accessTo(view.key.ensemble);
    const before = await unsent(() => this.#read(access, cluster));
    if (!isAsSeen(before, wanted.seen)) {
      const says = `The routing policy of ${view.name} has changed since you looked.`;
      throw new Failure('moved', `${says} Nothing was written: look again and decide anew.`);
    }
    const at = { view, by: wanted.by, now: clock.now(), askedEveryMs };
    const policy = changed(before && policyIn(before, wanted), wanted.change, at);
    const state = await this.#write(access, cluster, { before, policy });
    note(cluster, wordsFor(wanted));
    return state;
  }

  async #write(
    access: ListingAccess,
    cluster: ClusterId,
    { before, policy }: { readonly before: RawZnode | null; readonly policy: RoutingPolicy | null },
  ): Promise<PolicyState> {
    const path = this.#path(cluster);
    const data = policy && Buffer.from(JSON.stringify(policy));
    if (before === null && data === null) return { is: 'none' };
    try {
      if (data === null) await access.delete(path, before?.stat.version ?? 0);
      else if (before) await access.set(path, data, before.stat.version);
      else {
        await unsent(() => ensureFolder(access, policyFolder(this.#options.root)));
        await access.create(path, data);
      }
    } catch (error) {
      if (
        ['bad-version', 'exists', 'no-node'].some((code) =>
          isZooKeeperError(error, code as 'exists'),
        )
      ) {
        throw new Failure('moved', 'Somebody else has changed it in this moment: look again.');
      }
      if (!isZooKeeperError(error, 'connection')) throw inWords(error);
      return this.#findOut(access, cluster, { before, data });
    }
    return this.#standing(access, cluster);
  }

  /** It is written: what is read back is that, or what somebody has made of it since. */
  async #standing(access: ListingAccess, cluster: ClusterId): Promise<PolicyState> {
    const now = await this.#readBack(access, cluster);
    if (now !== undefined) return policyState(now);
    throw new Failure('unavailable', 'It was written, and can not be read back now: look again.');
  }

  /** The answer is lost: what stands there tells, and nothing is written again. */
  async #findOut(
    access: ListingAccess,
    cluster: ClusterId,
    { before, data }: { readonly before: RawZnode | null; readonly data: Buffer | null },
  ): Promise<PolicyState> {
    for (let look = 0; look < LOOKS; look += 1) {
      await new Promise<void>((done) => this.#options.clock.after(LOOK_MS, done));
      const now = await this.#readBack(access, cluster);
      if (now === undefined) continue;
      if (now === null ? data === null : data !== null && now.data.equals(data)) {
        return policyState(now);
      }
      // It may still be on its way: only when all that was lost is over is it known not to come.
      if (!isAsSeen(now, before?.stat ?? null)) break;
      if (look === LOOKS - 1) {
        throw new Failure('refused', 'Nothing was written: the connection to ZooKeeper was lost.');
      }
    }
    throw new Failure(
      'unavailable',
      'Whether it was written is not known: look at it as it is now.',
    );
  }

  /** Undefined: that can't be told now. */
  #readBack(access: ListingAccess, cluster: ClusterId): Promise<RawZnode | null | undefined> {
    return this.#read(access, cluster).catch((error: unknown) => {
      if (error instanceof ZooKeeperError) return undefined;
      throw error;
    });
  }

  async #read(access: ListingAccess, cluster: ClusterId): Promise<RawZnode | null> {
    await access.sync(this.#path(cluster));
    return access.data(this.#path(cluster), false);
  }

  #path(cluster: ClusterId): string {
    return `${policyFolder(this.#options.root)}/${cluster}`;
  }
}

/** What failed before anything was sent did nothing. */
async function unsent<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw inWords(error);
  }
}

const inWords = (error: unknown): unknown =>
  error instanceof ZooKeeperError
    ? new Failure('refused', `Nothing was written: ${error.message}.`, error)
    : error;

function isAsSeen(now: RawZnode | null, seen: SeenPolicy | null): boolean {
  if (now === null || seen === null) return now === null && seen === null;
  return now.stat.version === seen.version && now.stat.mzxid === seen.mzxid;
}

/** One that can't be read may be written over, but for its drains, or taken away, and nothing else. */
function policyIn({ data }: RawZnode, { change }: WantedPolicy): RoutingPolicy | null {
  const text = data.toString('utf8');
  const policy = parsePolicy(text);
  if (!('unreadable' in policy)) return policy;
  if (change.kind === 'policy') return { ...defaultPolicy, drains: drainsIn(text) };
  if (change.kind === 'removed') return null;
  throw new Failure(
    'refused',
    `The policy can't be read: ${policy.unreadable} Save a new one first.`,
  );
}

function wordsFor({ change, by }: WantedPolicy): string {
  const who = by === null ? '' : ` by ${by}`;
  switch (change.kind) {
    case 'policy':
      return `Routing policy changed${who}`;
    case 'drain':
      return `${change.member} drained of reads${who}${change.reason.trim() === '' ? '' : `. Reason: ${change.reason.trim()}`}`;
    case 'drain-ended':
      return `Drain of ${change.member} ended${who}`;
    case 'removed':
      return `Routing policy removed${who}: reads are spread as Patroni alone has it`;
  }
}
