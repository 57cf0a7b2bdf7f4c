import { z } from 'zod';
import { Failure, isZooKeeperError } from '@/lib/errors';
import type { Run } from '@/lib/operations/run';
import { wishShape } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ListingAccess, RawZnode } from '../ports';
import { ensureFolder } from '../znode-folder';

/** A run as it is stored, with the version to write it back by. */
export interface StoredRun {
  readonly run: Run;
  readonly version: number;
}

/** Below Howdah's own folder. */
export const recordsFolder = (root: string): string => `${root === '/' ? '' : root}/operations`;

/**
 * The records of operations: one persistent znode for each cluster, whose creation is taking the
 * cluster's turn. An ended record stays, so that its outcome outlives Howdah, until the next one
 * replaces it by compare-and-set. An ephemeral child says which process of Howdah carries which run
 * out.
 */
export class Records {
  readonly #folder: string;
  readonly #owner: string;
  readonly #access: () => ListingAccess;

  /** @param owner of this process alone: by it a claim is known whose answer was lost */
  constructor(root: string, owner: string, access: () => ListingAccess) {
    this.#folder = recordsFolder(root);
    this.#owner = owner;
    this.#access = access;
  }

  /** Takes the turn with this record; null when another operation holds it. */
  async take(run: Run): Promise<StoredRun | null> {
    const path = this.#path(run.view.cluster);
    await ensureFolder(this.#access(), this.#folder);
    try {
      await this.#access().create(path, encode(run));
      return { run, version: 0 };
    } catch (error) {
      if (!isZooKeeperError(error, 'exists')) throw error;
    }
    const before = await this.read(run.view.cluster);
    if (before === null || before.run.view.state !== 'ended') return null;
    return this.save(run, before.version);
  }

  /** Writes a record over exactly that version; null when it has moved. */
  async save(run: Run, version: number): Promise<StoredRun | null> {
    try {
      const stat = await this.#access().set(this.#path(run.view.cluster), encode(run), version);
      return { run, version: stat.version };
    } catch (error) {
      if (isZooKeeperError(error, 'bad-version') || isZooKeeperError(error, 'no-node')) return null;
      throw error;
    }
  }

  /** The record of a cluster; null when it has none. Throws when it is not one of ours. */
  async read(cluster: ClusterId): Promise<StoredRun | null> {
    const path = this.#path(cluster);
    await this.#access().sync(path);
    const found = await this.#access().data(path, false);
    return found && this.stored(cluster, found);
  }

  /** What a cluster's record says, as it was read. Throws when it is not one of ours. */
  stored(cluster: ClusterId, { data, stat }: RawZnode): StoredRun {
    return { run: decodeRun(data, { cluster, path: this.#path(cluster) }), version: stat.version };
  }

  /** Every cluster that has a record, also those that are no more. */
  async clusters(): Promise<readonly ClusterId[]> {
    return (await this.#access().children(this.#folder, false))?.names ?? [];
  }

  /** Says that this process carries that run out; false when another one does. */
  async claim(cluster: ClusterId, run: string): Promise<boolean> {
    const path = this.#ownerPath(cluster);
    for (let attempt = 0; attempt < 2; attempt += 1) {
      try {
        await this.#access().create(path, this.#claimOf(run), { ephemeral: true });
        return true;
      } catch (error) {
        if (!isZooKeeperError(error, 'exists')) throw error;
      }
      const found = await this.#access().data(path, false);
      if (found?.data.equals(this.#claimOf(run))) return true;
      if (found && !(await this.#isVoid(cluster, { claim: found.data, run }))) return false;
      // Whoever had the run before has the turn no more.
      if (found) await this.#deleteClaim(cluster);
    }
    return false;
  }

  /** Whether some process says that it carries that run out. */
  async isClaimed(cluster: ClusterId, run: string): Promise<boolean> {
    const found = await this.#access().data(this.#ownerPath(cluster), false);
    return found !== null && namesRun(found.data, run);
  }

  /** Says so no more; what another process claims is left to it. */
  async unclaim(cluster: ClusterId, run: string): Promise<void> {
    const found = await this.#access().data(this.#ownerPath(cluster), false);
    if (found?.data.equals(this.#claimOf(run))) await this.#deleteClaim(cluster);
  }

  /** It is of a run whose record another has taken the place of. */
  async #isVoid(
    cluster: ClusterId,
    { claim, run }: { readonly claim: Buffer; readonly run: string },
  ): Promise<boolean> {
    if (namesRun(claim, run)) return false;
    return (await this.read(cluster))?.run.view.id === run;
  }

  async #deleteClaim(cluster: ClusterId): Promise<void> {
    try {
      await this.#access().delete(this.#ownerPath(cluster), 0);
    } catch (error) {
      if (!isZooKeeperError(error, 'no-node')) throw error;
    }
  }

  #claimOf(run: string): Buffer {
    return Buffer.from(`${this.#owner} ${run}`);
  }

  #ownerPath(cluster: ClusterId): string {
    return `${this.#path(cluster)}/owner`;
  }

  #path(cluster: ClusterId): string {
    return `${this.#folder}/${cluster}`;
  }
}

const runShape = z.looseObject({
  view: z.looseObject({
    id: z.string(),
    cluster: z.string(),
    state: z.enum(['recorded', 'requested', 'observing', 'ended']),
    steps: z.array(z.looseObject({ code: z.string() })),
    to: z.string().nullish(),
  }),
  wish: wishShape.optional(),
  seen: z.looseObject({ leader: z.string().nullable(), leaderCzxid: z.string().nullable() }),
  deadline: z.number(),
});

/** Before there was a choice of operations all of them were switchovers, to a named member. */
function completed(run: Run): Run {
  if (run.wish !== undefined) return run;
  const { from, to } = run.view;
  const title = `Switchover from ${from} to ${to}`;
  return {
    ...run,
    view: { ...run.view, title, kind: 'switchover', cause: 'howdah' },
    wish: { kind: 'switchover', candidate: to, at: null },
    seen: { ...run.seen, requestVersion: null, lossBytes: null },
    targets: [],
  };
}

/** Throws when it is not a record of ours: anybody may write there. */
function decodeRun(data: Buffer, at: { readonly cluster: ClusterId; readonly path: string }): Run {
  try {
    const value: unknown = JSON.parse(data.toString('utf8'));
    const { view } = runShape.parse(value);
    // Copied from elsewhere, say: by what it names it would be written back there.
    if (view.cluster !== at.cluster) throw new Error(`It is of ${view.cluster}.`);
    // As it stands there, so that it can be compared with what was written.
    return completed(value as Run);
  } catch (error) {
    const says = `${at.path} in ZooKeeper holds something that is no record of Howdah's: remove it to operate on this cluster.`;
    throw new Failure('busy', says, error);
  }
}

/** An earlier Howdah's names no run: it is heeded, whichever it is of. */
function namesRun(claim: Buffer, run: string): boolean {
  const [, named = run] = claim.toString('utf8').split(' ');
  return named === run;
}

function encode(run: Run): Buffer {
  return Buffer.from(JSON.stringify(run));
}
