import type { Sight } from '@/lib/access/sight';
import type { Break } from '@/lib/audit/breaks';
import type { Checkpoint, Head } from '@/lib/audit/chain';
import type { AuditIntent, AuditOutcome } from '@/lib/audit/entry';
import type { AuditPage, AuditQuery } from '@/lib/audit/page';
import type { AuditView } from '@/lib/audit/view';
import type { Spool, SpooledBatch } from './ports';

/** The record of every act: before it is done, and what became of it. */
export interface Audit {
  /**
   * Durable once it returns. Throws `unavailable` where it can't be: then the act is not to be done.
   */
  begin(intent: AuditIntent): Promise<void>;
  /**
   * What became of an act that was begun. It never throws: what can't be kept now is tried again.
   * Told again it changes nothing, so whoever takes an act up may tell its end once more.
   */
  end(outcome: AuditOutcome): Promise<void>;
  /** Something that is over already, such as what was refused. It never throws. */
  note(intent: AuditIntent, outcome: AuditOutcome): Promise<void>;
  readonly view: AuditView;
}

/** What pages may ask of the audit. Throws `unavailable` while the store is away. */
export interface AuditReader {
  page(query: AuditQuery, sight: Sight): Promise<AuditPage>;
}

/** An entry that waits to be put into the chain. */
export interface WaitingEntry {
  /** Of the batch it came in: the order in which they go. */
  readonly seq: number;
  /** As it will stand there: see `textOf`. */
  readonly text: string;
}

/** What waits for the chain on disk. It outlives the process. */
export interface AuditSpool extends Pick<Spool<WaitingEntry>, 'oldest' | 'drop' | 'append'> {
  /** What makes no sense stays there under another name, for a person to look at. */
  putAside(batch: SpooledBatch<WaitingEntry>): Promise<void>;
  /** How many entries wait. */
  readonly records: number;
  /** When the one that has waited longest came; null: none waits. */
  readonly oldestAt: number | null;
  /** A batch that begins with this number is behind all that wait. */
  readonly next: number;
  /** Files that hold no entries, put aside for a person to look at. */
  readonly aside: number;
}

/** The chain in the store. All throw `unavailable` while it is away. */
export interface AuditChain {
  /** It is there, and takes rows: from any Howdah, whoever records history. */
  readonly writable: boolean;
  /**
   * Puts entries at the chain's end, all or none, whoever else does so meanwhile. What it has of an
   * act already it leaves alone. Throws `bad-input` for what it would refuse again.
   */
  append(texts: readonly string[]): Promise<Head>;
  head(): Promise<Head | null>;
  /** The row of that number, or that it was removed by age; null: there is none. */
  at(seq: number): Promise<Head | 'removed' | null>;
  /** Begins another chain behind `broken`, with this entry. Null: somebody else has. */
  beginAnew(broken: Head, text: string): Promise<Head | null>;
  /** The store's own id, made at random when it was first asked for. */
  storeId(): Promise<string>;
  /** That the chain was found broken, as its rows tell, and nobody has acknowledged it since. */
  breaks(): Promise<readonly Break[]>;
  /** How many rows are older than that and may go. */
  old(before: number): Promise<number>;
  /**
   * Removes them, and leaves a checkpoint. Null: there were none. Throws `refused` where they are not
   * what was appended.
   */
  cut(before: number): Promise<Checkpoint | null>;
}
