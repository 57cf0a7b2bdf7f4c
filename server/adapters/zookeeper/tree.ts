import { createHash } from 'node:crypto';
import { Failure } from '@/lib/errors';
import type { TreeAccess } from '@/server/ports';
import { openConnected, type ZooKeeperSession } from '@/zookeeper';

export interface TreeOptions {
  /** host:port, comma-separated; may end in a chroot. */
  readonly connect: string;
  readonly digest: { readonly user: string; readonly password: string } | null;
  /** Asked for, milliseconds. */
  readonly timeoutMs: number;
  /** How long to wait for a connection, the first and any other, milliseconds. */
  readonly patienceMs: number;
}

export interface OpenTree extends TreeAccess {
  /** Hexadecimal. */
  readonly sessionId: string;
  close(): void;
}

/** A session for export and import alone. Throws `unavailable` when no server grants it in time. */
export async function openTree(options: TreeOptions): Promise<OpenTree> {
  const waiting = new Waiting(options.patienceMs);
  const session = await openConnected({
    ...options,
    listener: { connected: () => waiting.end(null), closed: () => waiting.end(OVER) },
  }).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure('unavailable', `${why}.`, error);
  });
  return treeOver(session, { digest: digestOf(options.digest), waiting });
}

function treeOver(
  session: ZooKeeperSession,
  { digest, waiting }: { readonly digest: string | null; readonly waiting: Waiting },
): OpenTree {
  return {
    digest,
    sessionId: session.id ?? '',
    data: (path) => session.data(path, false),
    access: (path) => session.access(path),
    children: (path) => session.children(path, false),
    create: (path, data, options) => session.create(path, data, options),
    set: (path, data, version) => session.set(path, data, version),
    setAccess: (path, access, version) => session.setAccess(path, access, version),
    sync: (path) => session.sync(path),
    connected: () => (session.connected ? Promise.resolve() : waiting.begin()),
    close: () => {
      session.close();
      waiting.end(OVER);
    },
  };
}

/** As ACLs have it. */
function digestOf(credentials: TreeOptions['digest']): string | null {
  if (!credentials) return null;
  const { user, password } = credentials;
  const hash = createHash('sha1').update(`${user}:${password}`).digest('base64');
  return `${user}:${hash}`;
}

const OVER = 'The session on ZooKeeper has ended: start again.';

/** Those who wait for a session to be connected again. */
class Waiting {
  readonly #patienceMs: number;
  #over = false;
  #waiters: { readonly resolve: () => void; readonly reject: (error: Failure) => void }[] = [];
  #patience: NodeJS.Timeout | undefined;

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  begin(): Promise<void> {
    if (this.#over) return Promise.reject(new Failure('unavailable', OVER));
    if (this.#waiters.length === 0) {
      const says = `ZooKeeper has not been connected for ${this.#patienceMs / 1000} s: start again when it is there.`;
      this.#patience = setTimeout(() => this.#tell(says), this.#patienceMs);
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  /** @param why null: it is connected; else it is over. */
  end(why: string | null): void {
    this.#over ||= why !== null;
    this.#tell(why);
  }

  #tell(why: string | null): void {
    clearTimeout(this.#patience);
    for (const { resolve, reject } of this.#waiters.splice(0)) {
      if (why === null) resolve();
      else reject(new Failure('unavailable', why));
    }
  }
}
