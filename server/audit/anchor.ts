import { anchorOf, anchorText } from '@/lib/audit/anchor';
import type { Anchor, Head } from '@/lib/audit/chain';
import { type AuditView, alarm, note } from '@/lib/audit/view';
import { Failure, isZooKeeperError, ZooKeeperError } from '@/lib/errors';
import type { AuditChain, Clock, ListingAccess } from '../ports';
import { ensureFolder } from '../znode-folder';
import { AnchorGuard } from './anchor-guard';
import { findLost } from './lost';

export interface ChainAnchorOptions {
  readonly clock: Clock;
  readonly chain: Pick<AuditChain, 'head' | 'at' | 'storeId'>;
  readonly access: () => ListingAccess;
  /** Where anchors are: see `anchorFolder`. */
  readonly folder: string;
  /** Whether ZooKeeper knows us by a digest. */
  readonly known: boolean;
  /** The chain is anchored from that row on. `lost`: what was anchored of this store before, and is gone. */
  readonly onBegun: (head: Head, lost: string | null) => void;
  /** The store no longer has what was anchored: why, in a sentence. The chain is to be begun anew. */
  readonly onBroken: (head: Head, says: string) => Promise<void>;
  readonly onState: () => void;
  readonly onError: (error: unknown) => void;
}

/** Anchoring is no faster than this: a write to ZooKeeper a second at most. */
const APART_MS = 1000;
const RETRY_MS = 2000;
/** Commands and other Howdahs add rows as well, and those may be gone before they anchor theirs. */
const LOOK_MS = 10_000;
const ATTEMPTS = 5;

/**
 * Writes the chain's head to ZooKeeper, out of the store's reach, so that rows cut off at the end are
 * missed. It never goes backwards, and never on from what the store no longer has: then it says so.
 */
export class ChainAnchor {
  readonly #options: ChainAnchorOptions;
  readonly #guard: AnchorGuard;
  #anchored: Anchor | null = null;
  #since: number | null = null;
  #moving: Promise<void> | null = null;
  #cancel: (() => void) | null = null;
  #cancelLook: () => void = () => {};
  #movedAt = Number.NEGATIVE_INFINITY;
  #wanted = false;
  readonly #trouble = new Set<string>();
  /** Why ZooKeeper has not been written to; null: it has. */
  #away: string | null = null;
  #closed = false;

  constructor(options: ChainAnchorOptions) {
    this.#options = options;
    this.#guard = new AnchorGuard(options);
  }

  get view(): Pick<AuditView, 'anchored' | 'unanchoredSince' | 'trouble' | 'facts'> {
    const anchored = this.#anchored && { seq: this.#anchored.seq, at: this.#anchored.at };
    return {
      ...{ anchored, unanchoredSince: this.#since, facts: this.#guard.facts },
      trouble: [
        ...[...this.#trouble].map(alarm),
        ...(this.#away === null ? [] : [note(this.#away)]),
      ],
    };
  }

  /** The chain may have grown. */
  note(): void {
    this.#since ??= this.#options.clock.now();
    this.#wanted = true;
    const { clock } = this.#options;
    this.#later(Math.min(APART_MS, Math.max(0, this.#movedAt + APART_MS - clock.now())));
  }

  /** Anchors what is left, as far as ZooKeeper answers. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#cancel?.();
    this.#cancelLook();
    await this.#moving;
    if (this.#wanted) await this.#attempt();
  }

  #later(ms: number): void {
    if (this.#closed || this.#moving) return;
    this.#cancel ??= this.#options.clock.after(ms, () => {
      this.#cancel = null;
      this.#moving = this.#attempt().finally(() => {
        this.#moving = null;
        this.#lookLater();
        if (this.#wanted) this.#later(this.#away === null ? APART_MS : RETRY_MS);
      });
    });
  }

  #lookLater(): void {
    this.#cancelLook();
    if (this.#closed) return;
    this.#cancelLook = this.#options.clock.after(LOOK_MS, () => {
      this.#wanted = true;
      this.#later(0);
    });
  }

  async #attempt(): Promise<void> {
    const { clock, onState } = this.#options;
    const before = this.#away;
    this.#movedAt = clock.now();
    this.#wanted = false;
    try {
      await this.#move();
      this.#away = null;
      if (!this.#wanted) this.#since = null;
    } catch (error) {
      this.#wanted = true;
      this.#noteAway(error);
    }
    if (this.#away !== before) onState();
  }

  #noteAway(error: unknown): void {
    // The store that is away says so itself.
    if (error instanceof Failure) return;
    if (!(error instanceof ZooKeeperError)) this.#options.onError(error);
    const says = error instanceof Error ? error.message : String(error);
    this.#away = `The audit is not anchored in ZooKeeper: ${says}.`;
  }

  async #move(): Promise<void> {
    const { chain } = this.#options;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const head = await chain.head();
      if (head === null || (await this.#moveTo(head))) return;
    }
    this.#wanted = true;
  }

  /** False: somebody else was there meanwhile. */
  async #moveTo(known: Head): Promise<boolean> {
    const { access, chain, folder, clock } = this.#options;
    const path = `${folder}/${known.chain}`;
    const store = await chain.storeId();
    await access().sync(path);
    const found = await access().data(path, false);
    if (found === null) return this.#begin(path, known, store);
    await this.#guard.see(path);
    const anchor = anchorOf(found.data.toString('utf8'));
    if (anchor === null || anchor.chain !== known.chain) {
      this.#say(`${path} in ZooKeeper holds something that is no anchor of this audit: remove it.`);
      return true;
    }
    const there = await chain.at(anchor.seq);
    const isThere = there === 'removed' || (there?.hash === anchor.hash && isOf(there, anchor));
    // Read behind the anchor, which another may have moved up to what it has just written.
    const head = await chain.head();
    if (head?.chain !== known.chain) return false;
    if (!isThere) {
      await this.#break(head, anchor, there);
      return false;
    }
    if (head.seq <= anchor.seq && anchor.store === store) {
      this.#anchored = anchor;
      return true;
    }
    const moved: Anchor = { ...head, at: clock.now(), store };
    try {
      await access().set(path, Buffer.from(anchorText(moved)), found.stat.version);
    } catch (error) {
      if (isZooKeeperError(error, 'bad-version') || isZooKeeperError(error, 'no-node'))
        return false;
      throw error;
    }
    this.#anchored = moved;
    return true;
  }

  async #begin(path: string, head: Head, store: string): Promise<boolean> {
    const { access, folder, clock, onBegun, onError } = this.#options;
    if (this.#anchored?.chain === head.chain) {
      this.#say(`The anchor of the audit at ${path} in ZooKeeper was removed, and is made anew.`);
    }
    const lost = await findLost(head, store, this.#options);
    if (lost !== null) onError(new Error(lost));
    await ensureFolder(access(), folder);
    const anchor: Anchor = { ...head, at: clock.now(), store };
    try {
      await access().create(path, Buffer.from(anchorText(anchor)), this.#guard.creating);
      this.#guard.forget(path);
      await this.#guard.see(path);
    } catch (error) {
      if (isZooKeeperError(error, 'exists')) return false;
      throw error;
    }
    this.#anchored = anchor;
    onBegun(head, lost);
    return true;
  }

  async #break(head: Head, anchor: Anchor, there: Head | null): Promise<void> {
    const { seq, at } = anchor;
    const had = `Row ${seq} had been anchored at ${new Date(at).toISOString()}`;
    const says = there === null ? `${had}, and is gone.` : `${had}, and is another one now.`;
    this.#options.onError(new Error(`The audit is broken. ${says} It is begun anew.`));
    await this.#options.onBroken(head, says);
  }

  #say(says: string): void {
    if (this.#trouble.has(says)) return;
    this.#trouble.add(says);
    this.#options.onError(new Error(says));
    this.#options.onState();
  }
}

const isOf = (there: Head, { chain }: Anchor): boolean => there.chain === chain;
