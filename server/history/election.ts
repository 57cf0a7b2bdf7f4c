import { z } from 'zod';
import { isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import type { Clock, ZnodeAccess } from '../ports';
import { ensureFolder } from '../znode-folder';

export interface ElectionOptions {
  readonly clock: Clock;
  /** Of an ephemeral znode: whoever has made it records. */
  readonly path: string;
  readonly me: Elected;
  readonly access: () => Pick<ZnodeAccess, 'create' | 'data'>;
  /** The turn was taken or lost; `other` is who has it instead, in words. */
  readonly onTurn: (mine: boolean, other: string | null) => void;
  /** Whose turn it is can't be told: why, in one sentence. The next attempt may tell. */
  readonly onDoubt: (says: string) => void;
  readonly onError: (error: unknown) => void;
}

const shape = z.object({ id: z.string(), host: z.string(), pid: z.number() });
/** Who stands for election. `id` differs for each start of a process. */
export type Elected = z.infer<typeof shape>;

/** How soon a standby notices that the turn is free, after the other's session has ended. */
const EVERY_MS = 2000;

/**
 * Which of several Howdahs over one store records: the one that made an ephemeral znode. Who can't
 * reach ZooKeeper keeps the role it has, since without ZooKeeper there is little to record; so for
 * the time of a partition two may record, each in a chain of its own.
 */
export class Election {
  readonly #options: ElectionOptions;
  #mine: boolean | null = null;
  #other: string | null = null;
  #doubted = false;
  #cancel: () => void = () => {};
  #closed = false;

  constructor(options: ElectionOptions) {
    this.#options = options;
  }

  start(): void {
    void this.#stand();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
  }

  async #stand(): Promise<void> {
    try {
      const other = await this.#holder();
      if (!this.#closed) this.#become(other === null, other);
    } catch (error) {
      this.#doubt(error);
    }
    if (!this.#closed) this.#cancel = this.#options.clock.after(EVERY_MS, () => void this.#stand());
  }

  /** A lost connection is no lost turn; before there is a first verdict, it says why there is none. */
  #doubt(error: unknown): void {
    if (!(error instanceof ZooKeeperError)) {
      this.#options.onError(error);
      return;
    }
    const isOfTheConnection = error.code === 'connection' || error.code === 'closed';
    if (isOfTheConnection && this.#mine !== null) return;
    this.#doubted = true;
    const { path, onDoubt } = this.#options;
    onDoubt(`Which Howdah records can't be agreed on at ${path} in ZooKeeper: ${error.message}`);
  }

  /** Null: it is us. */
  async #holder(): Promise<string | null> {
    const { access, path, me } = this.#options;
    const folder = path.slice(0, path.lastIndexOf('/'));
    try {
      await access().create(path, Buffer.from(JSON.stringify(me)), { ephemeral: true });
      return null;
    } catch (error) {
      if (isZooKeeperError(error, 'no-node')) {
        await ensureFolder(access(), folder);
        return this.#holder();
      }
      if (!isZooKeeperError(error, 'exists')) throw error;
    }
    const found = await access().data(path, false);
    // Gone meanwhile: stand again.
    if (found === null) return this.#holder();
    const holder = shape.safeParse(parse(found.data));
    if (!holder.success) return `something that is no Howdah (${path} in ZooKeeper)`;
    // Perhaps of an earlier session of ours, which goes by itself: nobody else has it meanwhile.
    if (holder.data.id === me.id) return null;
    return `Howdah on ${holder.data.host} (process ${holder.data.pid})`;
  }

  #become(mine: boolean, other: string | null): void {
    if (mine === this.#mine && other === this.#other && !this.#doubted) return;
    this.#doubted = false;
    this.#mine = mine;
    this.#other = other;
    this.#options.onTurn(mine, other);
  }
}

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
