import { isZooKeeperError } from '@/lib/errors';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';
import { messageOf, SandboxError } from './errors';
import type { SyntheticZnode } from './synthetic-cluster';
import { waitFor } from './wait-for';

/** Session timeout in milliseconds; it outlives a restart of a server. */
const SESSION_MS = 20_000;
const PATIENCE_MS = 30_000;

/**
 * A ZooKeeper session that writes, whatever was there; while its servers are away it waits for them,
 * up to 30 s. Refusals are thrown as SandboxErrors.
 */
export class ZooKeeperWriter {
  readonly #session: ZooKeeperSession;
  readonly #isLost: () => boolean;

  private constructor(session: ZooKeeperSession, isLost: () => boolean) {
    this.#session = session;
    this.#isLost = isLost;
  }

  /** @throws SandboxError when no server takes the session within 30 s. */
  static async connect(connect: string): Promise<ZooKeeperWriter> {
    let lost = false;
    const listener = {
      closed: () => {
        lost = true;
      },
    };
    const options = { connect, timeoutMs: SESSION_MS, patienceMs: PATIENCE_MS, listener };
    const session = await refusing(openConnected(options));
    return new ZooKeeperWriter(session, () => lost);
  }

  /** The session has expired. */
  get lost(): boolean {
    return this.#isLost();
  }

  /** Creates it, replacing one that a predecessor left. */
  async put({ path, data, ephemeral }: SyntheticZnode): Promise<void> {
    if (await this.#create(path, data, ephemeral)) return;
    if (!ephemeral) return this.set(path, data);
    await this.remove(path);
    await this.#call((session) => session.create(path, Buffer.from(data), { ephemeral }));
  }

  /** Creates a persistent znode without data. @returns false when it was there. */
  async ensure(path: string): Promise<boolean> {
    return this.#create(path, '', false);
  }

  /** Overwrites whatever version is there. */
  async set(path: string, data: string): Promise<void> {
    await this.#call((session) => session.set(path, Buffer.from(data), 'any'));
  }

  /** Deletes it if it is there. */
  async remove(path: string): Promise<void> {
    await this.#call((session) => unless('no-node', session.delete(path, 'any')));
  }

  close(): void {
    this.#session.close();
  }

  /** @returns false when it was there. */
  async #create(path: string, data: string, ephemeral: boolean): Promise<boolean> {
    return this.#call((session) =>
      unless('exists', session.create(path, Buffer.from(data), { ephemeral })),
    );
  }

  async #call<T>(call: (session: ZooKeeperSession) => Promise<T>): Promise<T> {
    const session = this.#session;
    if (!session.connected) {
      await waitFor(() => session.connected || this.lost, {
        timeoutMs: PATIENCE_MS,
        everyMs: 20,
        what: 'a ZooKeeper server to write to',
      });
    }
    return refusing(call(session));
  }
}

/** @returns false where it failed because of that. */
async function unless(code: 'exists' | 'no-node', done: Promise<void>): Promise<boolean> {
  try {
    await done;
    return true;
  } catch (error) {
    if (isZooKeeperError(error, code)) return false;
    throw error;
  }
}

async function refusing<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    throw new SandboxError(messageOf(error));
  }
}
