import type { ZooKeeperError } from '@/lib/errors';
import type { Stat } from '@/lib/topology/facts';
import { type Access, isWhole } from '@/lib/znodes/access';
import { callError, closedError } from './errors';
import type { Input, Output } from './jute';
import { Link } from './link';
import {
  CODE,
  EPHEMERAL,
  OP,
  OPEN,
  readAccess,
  readNames,
  readStat,
  readWholeStat,
  type Version,
  versionOf,
  writeAccess,
} from './protocol';
import type {
  Children,
  CreateOptions,
  Guarded,
  SessionListener,
  SessionOptions,
  Znode,
  ZooKeeperSession,
} from './types';

/** Opens a session; `listener.connected` tells when it can be used. */
export function openSession(options: SessionOptions, listener: SessionListener): ZooKeeperSession {
  return new Session(options, listener);
}

/** Gets the answer, or why there is none; neither where there is no such znode. */
type Give<T> = (error: ZooKeeperError | null, value: T | null) => void;

interface Ask<T> {
  readonly op: number;
  readonly write?: (output: Output) => void;
  readonly read: (input: Input) => T;
}

class Session implements ZooKeeperSession {
  readonly #chroot: string;
  readonly #link: Link;

  constructor(options: SessionOptions, listener: SessionListener) {
    this.#chroot = options.chroot;
    this.#link = new Link(options, {
      connected: () => listener.connected(),
      disconnected: () => listener.disconnected(),
      closed: (why) => listener.closed(why),
      changed: (path) => listener.changed(this.#own(path)),
    });
  }

  get id(): string | null {
    return this.#link.id;
  }

  get connected(): boolean {
    return this.#link.connected;
  }

  get grantedTimeoutMs(): number | null {
    return this.#link.grantedTimeoutMs;
  }

  data(path: string, watch: boolean, likelyAbsent = false): Promise<Znode | null> {
    return this.#read(path, { op: OP.data, read: readZnode }, { watch, likelyAbsent });
  }

  children(path: string, watch: boolean): Promise<Children | null> {
    return this.#read(path, { op: OP.children, read: readChildren }, { watch });
  }

  access(path: string): Promise<Guarded | null> {
    return new Promise((resolve, reject) => {
      this.#ask(path, { op: OP.access, read: readGuarded }, (error, found) => {
        if (error) reject(error);
        else resolve(found);
      });
    });
  }

  /**
   * Reads are by far the most calls: each makes one promise and no more. A read of an absent znode
   * leaves no watch, so one is left by `exists`; if the znode has appeared in between, it is read
   * again.
   */
  #read<T>(
    path: string,
    ask: Pick<Ask<T>, 'op' | 'read'>,
    { watch, likelyAbsent = false }: { readonly watch: boolean; readonly likelyAbsent?: boolean },
  ): Promise<T | null> {
    const write = watch ? WATCHED : UNWATCHED;
    return new Promise((resolve, reject) => {
      const look = () =>
        this.#ask(path, { ...ask, write }, (error, found) => {
          if (error) reject(error);
          else if (found || !watch) resolve(found);
          else awaitComing();
        });
      const awaitComing = () =>
        this.#ask(path, EXISTS, (error, there) => {
          if (error) reject(error);
          else if (there) look();
          else resolve(null);
        });
      if (watch && likelyAbsent) awaitComing();
      else look();
    });
  }

  async create(path: string, data: Buffer, options: CreateOptions = {}): Promise<void> {
    await this.#act(path, {
      op: OP.create,
      write: (output) => {
        writeAccess(output.bytes(data), options.access ?? OPEN);
        output.int(options.ephemeral ? EPHEMERAL : 0);
      },
      read: () => true,
    });
  }

  async set(path: string, data: Buffer, version: Version): Promise<Stat> {
    const exact = versionOf(version);
    return this.#act(path, {
      op: OP.set,
      write: (output) => output.bytes(data).int(exact),
      read: readStat,
    });
  }

  async setAccess(path: string, access: readonly Access[], version: Version): Promise<void> {
    const exact = versionOf(version);
    await this.#act(path, {
      op: OP.setAccess,
      write: (output) => {
        writeAccess(output, access);
        output.int(exact);
      },
      read: () => true,
    });
  }

  async delete(path: string, version: Version): Promise<void> {
    const exact = versionOf(version);
    await this.#act(path, {
      op: OP.delete,
      write: (output) => output.int(exact),
      read: () => true,
    });
  }

  async sync(path: string): Promise<void> {
    await this.#act(path, { op: OP.sync, read: () => true });
  }

  close(): void {
    this.#link.close();
  }

  /** A call that an absent znode makes fail. */
  #act<T>(path: string, ask: Ask<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#ask(path, ask, (error, value) => {
        if (value !== null) resolve(value);
        else reject(error ?? callError(CODE.noNode, path));
      });
    });
  }

  #ask<T>(path: string, { op, write, read }: Ask<T>, give: Give<T>): void {
    this.#link.call({
      op,
      write: (output) => {
        output.text(this.#whole(path));
        write?.(output);
      },
      answer: (code, input) => {
        if (code === CODE.ok && input) giveRead(input, { path, read }, give);
        else if (code === CODE.noNode) give(null, null);
        else if (code === CODE.sessionExpired) give(closedError(), null);
        else give(callError(code, path), null);
      },
    });
  }

  /** As the ensemble names it. */
  #whole(path: string): string {
    if (this.#chroot === '') return path;
    return path === '/' ? this.#chroot : this.#chroot + path;
  }

  /** As this session names it. */
  #own(path: string): string {
    return path.slice(this.#chroot.length) || '/';
  }
}

/** What makes no sense is no answer: the connection it came over is given up. */
function giveRead<T>(
  input: Input,
  { path, read }: { readonly path: string; readonly read: (input: Input) => T },
  give: Give<T>,
): void {
  let value: T;
  try {
    value = read(input);
  } catch (error) {
    give(callError(CODE.connectionLost, path), null);
    throw error;
  }
  give(null, value);
}

const WATCHED = (output: Output) => output.flag(true);
const UNWATCHED = (output: Output) => output.flag(false);
const EXISTS: Ask<true> = { op: OP.exists, write: WATCHED, read: () => true };

function readZnode(input: Input): Znode {
  const data = input.bytes();
  return { data, stat: readStat(input) };
}

function readGuarded(input: Input): Guarded {
  const access = readAccess(input);
  return { access, whole: isWhole(access), ...readWholeStat(input) };
}

function readChildren(input: Input): Children {
  const names = readNames(input);
  return { names, stat: readStat(input) };
}
