import { randomUUID } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type pg from 'pg';
import { doneAs, endedBy } from '@/lib/audit/ended';
import {
  type AuditIntent,
  type AuditOutcome,
  intentEntry,
  outcomeEntry,
  textOf,
} from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import { PostgresAuditChain } from '../adapters/store/audit-chain';
import { knownMigrations, migratedTo, migrateWithin } from '../adapters/store/migrations';
import { loadStoreConfig } from '../config';
import { CommandFailure, inWords } from './errors';
import { asAsked, type Reached, withStore } from './reach-store';

/** What a command is about to do, of what an intent says. */
export type CommandAct = Pick<AuditIntent, 'action'> &
  Partial<Pick<AuditIntent, 'id' | 'at' | 'cluster' | 'decidedOn' | 'reason' | 'detail'>>;

/** What is known better than by whether it threw. */
type Ended = Partial<Pick<AuditOutcome, 'result' | 'says' | 'cost'>>;

/**
 * Does something that the audit keeps: each act recorded before, and its outcome after. `ends` says
 * of each what became of it; null: it threw. Throws `CannotRecord`, and does nothing, where the acts
 * can't be recorded.
 */
export type Record = <T>(
  acts: readonly CommandAct[],
  does: () => Promise<T>,
  ends?: (done: T | null) => readonly Ended[],
) => Promise<T>;

/** Nothing was done, since it could not be recorded. */
export class CannotRecord extends CommandFailure {}

/** Records on the chain of a store that has been reached. */
export function recorder(client: pg.Client): Record {
  // Nothing is cut off the chain here, so nothing is signed.
  const chain = new PostgresAuditChain(asAsked(client), Buffer.alloc(0));
  return async (acts, does, ends = () => []) => {
    const intents = acts.map(intentOf);
    if (intents.length === 0) return does();
    await chain
      .append(intents.map((intent) => textOf(intentEntry(intent))))
      .catch((error: unknown) => {
        throw new CannotRecord(`It can't be recorded, so it was not done: ${why(error)}`);
      });
    const end = (outcomes: readonly AuditOutcome[]) =>
      chain
        .append(outcomes.map((outcome) => textOf(outcomeEntry(outcome))))
        .catch((error: unknown) => {
          process.stderr.write(`What became of it could not be recorded: ${why(error)}\n`);
        });
    try {
      const done = await does();
      const ended = ends(done);
      await end(intents.map((intent, n) => ({ ...doneAs(intent, Date.now()), ...ended[n] })));
      return done;
    } catch (error) {
      const ended = ends(null);
      await end(intents.map((intent, n) => ({ ...failedAs(intent, error), ...ended[n] })));
      throw error;
    }
  };
}

/** A store where there is one, beside a Howdah or where none runs. Throws `CannotRecord`. */
export async function withRecorder<T>(work: (record: Record) => Promise<T>): Promise<T> {
  let isReached = false;
  try {
    return await withStore(loadStoreConfig(process.env), 'tidy', async (reached) => {
      await bringUpToDate(reached);
      isReached = true;
      return work(recorder(reached.client));
    });
  } catch (error) {
    if (isReached) throw error;
    throw new CannotRecord(`It can't be recorded, so it was not done: ${inWords(error)}`);
  }
}

/** Where no Howdah writes, the schema is this one's; where one does, it has to be new enough. */
export async function bringUpToDate({ client, alone }: Reached): Promise<void> {
  if (alone) {
    await client.query('begin');
    await migrateWithin(client);
    await client.query('commit');
    return;
  }
  const there = await migratedTo(client);
  const newest = knownMigrations().at(-1);
  if (there === null || (newest && there.when < newest.when)) {
    throw new CommandFailure('The Howdah that runs on this store is older than this command');
  }
}

function intentOf({ action, cluster = null, ...said }: CommandAct): AuditIntent {
  const { id = randomUUID(), at = Date.now(), decidedOn = null, reason = null } = said;
  return {
    ...{ id, at, role: null, from: hostname(), action, cluster, decidedOn, reason },
    actor: { kind: 'command', id: null, name: `${userInfo().username} on the command line` },
    detail: said.detail ?? null,
  };
}

/** A command says itself what it will not do; of all else nobody knows what came of it. */
function failedAs({ id }: AuditIntent, error: unknown): AuditOutcome {
  const refused = error instanceof CommandFailure ? new Failure('refused', inWords(error)) : error;
  return endedBy(refused, { id, at: Date.now(), followed: false });
}

/** What the database says is behind what is said of it. */
const why = (error: unknown): string => {
  const cause = error instanceof Failure ? (error.cause ?? error) : error;
  return inWords(cause);
};
