import { randomUUID } from 'node:crypto';
import { asc, desc, eq, inArray, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { type Break, standingBreaks } from '@/lib/audit/breaks';
import { type Checkpoint, type Head, linked } from '@/lib/audit/chain';
import { isEntryText } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import type { AuditChain } from '@/server/ports';
import { type Asked, ask, type Way } from './ask';
import { lastCheckpoint, lastThatMayGo, provenUpto, type Reading, removeUpto } from './audit-cut';
import { hashOf, signatureOf, signed } from './audit-hash';
import type { Transaction } from './event-rows';
import { audit, auditStore } from './schema';

/** Whoever appends to the chain has it until the transaction ends: of any number of processes one. */
const CHAIN_LOCK = 4_207_849_332;
const ROWS_AT_ONCE = 500;

/** The audit's chain in PostgreSQL. */
export class PostgresAuditChain implements AuditChain {
  readonly #database: Asked;
  readonly #key: Buffer;

  /** @param key what checkpoints are signed with */
  constructor(database: Asked, key: Buffer) {
    this.#database = database;
    this.#key = key;
  }

  get writable(): boolean {
    return this.#database.connected !== null;
  }

  append(texts: readonly string[]): Promise<Head> {
    return this.#alone(async (transaction) => {
      const head = await headOf(transaction);
      const fresh = await unknownAmong(transaction, texts);
      if (head !== null && fresh.length === 0) return head;
      const chain = head?.chain ?? randomUUID();
      return insert(transaction, head, { texts: fresh, chain });
    });
  }

  beginAnew(broken: Head, text: string): Promise<Head | null> {
    return this.#alone(async (transaction) => {
      const head = await headOf(transaction);
      if (head?.chain !== broken.chain) return null;
      return insert(transaction, head, { texts: [text], chain: randomUUID() });
    });
  }

  head(): Promise<Head | null> {
    return this.#ask('read', headOf);
  }

  at(seq: number): Promise<Head | 'removed' | null> {
    return this.#ask('read', async (database) => {
      const [row] = await database.select(headColumns).from(audit).where(eq(audit.seq, seq));
      if (row) return row;
      const last = await lastCheckpoint(database);
      // One that somebody else made says nothing of what became of the rows.
      if (last === null || seq > last.upto) return null;
      if (signatureOf(last, this.#key) !== last.signature) return null;
      return seq === last.upto ? endOf(last) : 'removed';
    });
  }

  /** Made at random where there is none yet: whoever copies the store copies it as well. */
  async storeId(): Promise<string> {
    const known = await this.#ask('read', idOf);
    if (known !== null) return known;
    return this.#alone(async (transaction) => {
      const id = (await idOf(transaction)) ?? randomUUID();
      await transaction.insert(auditStore).values({ id }).onConflictDoNothing();
      return id;
    });
  }

  breaks(): Promise<readonly Break[]> {
    return this.#ask('read', async (database) => {
      const rows = await database
        .select({ seq: audit.seq, entry: audit.entry })
        .from(audit)
        .where(sql`${audit.action} in ('chain-broken', 'break-acknowledged')`)
        .orderBy(asc(audit.seq));
      return standingBreaks(rows, (text) => signed(text, this.#key));
    });
  }

  old(before: number): Promise<number> {
    return this.#ask('read', async (database) => {
      const last = await lastThatMayGo(database, before);
      return Math.max(0, last - ((await lastCheckpoint(database))?.upto ?? 0));
    });
  }

  cut(before: number): Promise<Checkpoint | null> {
    return this.#alone(async (transaction) => {
      const upto = await lastThatMayGo(transaction, before);
      const from = (await lastCheckpoint(transaction))?.upto ?? 0;
      if (upto <= from) return null;
      const key = this.#key;
      const { chain, hash } = await provenUpto(transaction, upto, { key, before });
      const unsigned = { chain, upto, hash, removed: upto - from, at: Date.now() };
      const checkpoint = { ...unsigned, signature: signatureOf(unsigned, key) };
      await removeUpto(transaction, checkpoint);
      return checkpoint;
    }, 'upkeep');
  }

  /** In a transaction that no other changes the chain beside. */
  #alone<T>(what: (transaction: Transaction) => Promise<T>, way: Way = 'write'): Promise<T> {
    return this.#ask(way, (database) =>
      database.transaction(async (transaction) => {
        await transaction.execute(sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`);
        // What is on disk here is given up once this has been answered: by then it has to be there.
        await transaction.execute(
          sql`select set_config('synchronous_commit', 'on', true)
              where current_setting('synchronous_commit') = 'off'`,
        );
        return what(transaction);
      }),
    );
  }

  #ask<T>(way: Way, what: (database: NodePgDatabase) => Promise<T>): Promise<T> {
    return ask(this.#database, way, what);
  }
}

const headColumns = { chain: audit.chain, seq: audit.seq, hash: audit.hash };

/** The last row, or what a checkpoint says of it where all rows are removed; null: none ever was. */
async function headOf(database: Reading): Promise<Head | null> {
  const [last] = await database.select(headColumns).from(audit).orderBy(desc(audit.seq)).limit(1);
  if (last) return last;
  const checkpoint = await lastCheckpoint(database);
  return checkpoint && endOf(checkpoint);
}

async function idOf(database: Reading): Promise<string | null> {
  const [row] = await database.select().from(auditStore).limit(1);
  return row?.id ?? null;
}

/** The last row that it removed. */
const endOf = ({ chain, upto, hash }: Checkpoint): Head => ({ chain, seq: upto, hash });

/** An answer may have been lost, and another process may tell the same end: once is enough. */
async function unknownAmong(database: Reading, texts: readonly string[]): Promise<string[]> {
  if (!texts.every(isEntryText)) throw new Failure('bad-input', 'That is no entry of an audit.');
  const named = texts.map((text) => {
    const { id, kind } = JSON.parse(text) as { id: string; kind: string };
    return { text, id, name: `${kind} ${id}` };
  });
  const there = await database
    .select({ act: audit.act, kind: audit.kind })
    .from(audit)
    .where(inArray(audit.act, [...new Set(named.map(({ id }) => id))]));
  const known = new Set(there.map(({ act, kind }) => `${kind} ${act}`));
  return named.flatMap(({ name, text }) => {
    if (known.has(name)) return [];
    known.add(name);
    return [text];
  });
}

async function insert(
  transaction: Transaction,
  head: Head | null,
  { texts, chain }: { readonly texts: readonly string[]; readonly chain: string },
): Promise<Head> {
  const rows = linked(head, texts, { chain, hashOf });
  for (let n = 0; n < rows.length; n += ROWS_AT_ONCE) {
    const some = rows.slice(n, n + ROWS_AT_ONCE);
    const { rowCount } = await transaction.insert(audit).values(some);
    // Somebody's trigger or rule has left one out: what waits is not to be taken for kept.
    if (rowCount !== some.length) throw new Failure('unavailable', 'The store leaves out rows.');
  }
  const { seq, hash } = rows.at(-1) ?? { seq: 0, hash: '' };
  return { chain, seq, hash };
}
