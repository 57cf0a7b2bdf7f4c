import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Head } from '@/lib/audit/chain';
import { type AuditIntent, type AuditOutcome, byHowdah } from '@/lib/audit/entry';
import { Failure } from '@/lib/errors';
import { FolderSpool } from '../adapters/store/spool';
import { FakeClock, settled } from '../fake-clock';
import type { AuditChain, AuditSpool, SpooledBatch, WaitingEntry } from '../ports';
import { AuditTrail } from './trail';

const act = (id: string): AuditIntent => ({
  ...{ id, at: 1, actor: byHowdah, role: null, from: null, action: 'switchover', cluster: null },
  ...{ decidedOn: null, reason: null, detail: null },
});
const end = (id: string): AuditOutcome => ({
  id,
  at: 2,
  result: 'done',
  says: 'Done.',
  cost: null,
});

class Died extends Error {}

/** A store that may be away, refuse, or take what it is given and have its answer lost. */
class Store {
  readonly rows: string[] = [];
  away = false;
  refuses: ((text: string) => boolean) | null = null;
  losesAnswer: (() => boolean) | null = null;

  chain(alive: () => boolean = () => true): AuditChain {
    const isAway = () => this.away || !alive();
    const append = async (texts: readonly string[]): Promise<Head> => {
      await settled();
      if (isAway()) throw new Failure('unavailable', 'The store is away.');
      if (this.refuses && texts.some(this.refuses))
        throw new Failure('bad-input', 'No such letter.');
      const known = new Set(this.rows.map(nameOf));
      for (const text of texts) {
        if (!known.has(nameOf(text))) this.rows.push(text);
        known.add(nameOf(text));
      }
      if (this.losesAnswer?.()) throw new Failure('unavailable', 'The answer was lost.');
      return { chain: 'a', seq: this.rows.length, hash: '' };
    };
    return {
      get writable() {
        return !isAway();
      },
      append,
      head: async () => null,
      at: async () => null,
      beginAnew: async () => null,
      storeId: async () => '',
      breaks: async () => [],
      old: async () => 0,
      cut: async () => null,
    };
  }
}

const nameOf = (text: string): string => {
  const { id, kind } = JSON.parse(text);
  return `${kind} ${id}`;
};

/** A disk in memory, of which any step may fail, or be the last that a process does. */
class Disk implements AuditSpool {
  readonly files: Map<string, readonly WaitingEntry[]>;
  fails: (() => 'nothing' | 'before' | 'after') | null = null;
  aside = 0;

  constructor(files: Map<string, readonly WaitingEntry[]>) {
    this.files = files;
  }

  get records() {
    return [...this.files.values()].flat().length;
  }
  get oldestAt() {
    const [oldest] = [...this.files.keys()].sort();
    return oldest === undefined ? null : Math.floor(Number(oldest) / 1000);
  }
  get next() {
    return Math.max(0, ...[...this.files.keys()].map((name) => Number(name) + 1));
  }
  async #step(what: () => void) {
    await settled();
    const fails = this.fails?.() ?? 'nothing';
    if (fails === 'before') throw new Error('no space left');
    what();
    if (fails === 'after') throw new Error('no space left');
  }
  async append(records: readonly WaitingEntry[]) {
    const name = String(records[0]?.seq).padStart(20, '0');
    if (this.files.has(name)) throw new Error('that number has been given');
    await this.#step(() => this.files.set(name, records));
    return true;
  }
  async oldest(most: number) {
    await settled();
    const names = [...this.files.keys()].sort().slice(0, most);
    return names.map(
      (name): SpooledBatch<WaitingEntry> => ({
        ...{ name, records: this.files.get(name) ?? [] },
      }),
    );
  }
  async putAside(batch: SpooledBatch<WaitingEntry>) {
    await this.drop(batch);
    this.aside += 1;
  }
  async drop({ name }: SpooledBatch<WaitingEntry>) {
    await this.#step(() => this.files.delete(name));
  }
}

const rig = (
  part: { store?: Store; disk?: Disk; clock?: FakeClock; alive?: () => boolean } = {},
) => {
  const { store = new Store(), disk = new Disk(new Map()), clock = new FakeClock() } = part;
  const errors: unknown[] = [];
  const trail = new AuditTrail({
    ...{ clock, chain: store.chain(part.alive), onAppended: () => {}, onState: () => {} },
    onError: (error) => errors.push(error),
  });
  trail.start(disk);
  return { store, disk, clock, errors, trail };
};

describe('an act', () => {
  test('may be begun once it is on disk, and is in the store at once, in order', async () => {
    const { trail, store, disk, clock } = rig();
    await trail.begin(act('a'));
    await Promise.all([trail.begin(act('b')), trail.end(end('a')), trail.note(act('c'), end('c'))]);
    await clock.pass(0);
    await clock.pass(0);
    await trail.close();
    expect(store.rows.map(nameOf)).toEqual([
      ...['intent a', 'intent b', 'outcome a', 'intent c', 'outcome c'],
    ]);
    expect(disk.files.size).toBe(0);
    expect(trail.view).toMatchObject({ state: 'ready', waiting: { entries: 0, since: null } });
  });

  test('waits on disk while the store is away, and says since when', async () => {
    const { trail, store, clock } = rig();
    store.away = true;
    const since = clock.now();
    await trail.begin(act('a'));
    await clock.pass(60_000);
    await trail.end(end('a'));
    expect(store.rows).toEqual([]);
    expect(trail.view).toMatchObject({ state: 'waiting', waiting: { entries: 2, since } });
    store.away = false;
    trail.storeIsReady();
    await clock.pass(0);
    await trail.close();
    expect(store.rows.map(nameOf)).toEqual(['intent a', 'outcome a']);
  });

  test('is not begun where neither disk nor store takes it; one of them is enough', async () => {
    const { trail, store, disk, clock, errors } = rig();
    disk.fails = () => 'before';
    await trail.begin(act('a'));
    expect(store.rows.map(nameOf)).toEqual(['intent a']);
    const says = "The audit can't be written to disk: no space left.";
    expect(trail.view.trouble).toEqual([{ severity: 'note', says }]);
    store.away = true;
    await expect(trail.begin(act('b'))).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('so nothing is done'),
    });
    expect(trail.view.state).toBe('refusing');
    // What is done already is not given up.
    await trail.end(end('a'));
    expect(errors).toHaveLength(1);
    // Nor is that the other one was refused: the disk may show it later.
    expect(trail.view.waiting.entries).toBe(3);
    await clock.pass(5000);
    disk.fails = null;
    await clock.pass(1500);
    expect(trail.view).toMatchObject({ state: 'waiting', trouble: [] });
    store.away = false;
    trail.storeIsReady();
    await clock.pass(0);
    await trail.close();
    const names = ['intent a', 'intent b', 'outcome b', 'outcome a'];
    expect(store.rows.map(nameOf)).toEqual(names);
    expect(JSON.parse(store.rows[2] ?? '')).toMatchObject({
      result: 'refused',
      says: expect.stringContaining('it was not done'),
    });
  });

  test('is not begun while Howdah stops, and what was begun is still ended', async () => {
    const { trail, store, disk } = rig();
    await trail.begin(act('a'));
    trail.stop();
    await expect(trail.begin(act('b'))).rejects.toMatchObject({ code: 'unavailable' });
    await trail.end(end('a'));
    await trail.close();
    const kept = [...store.rows, ...[...disk.files.values()].flat().map(({ text }) => text)];
    const names = ['intent a', 'outcome a', 'intent b', 'outcome b'];
    expect(kept.map(nameOf)).toEqual(expect.arrayContaining(names));
  });

  test('that makes no sense, or that the store never takes, is put aside and holds nobody up', async () => {
    const { trail, store, disk, clock } = rig();
    store.refuses = (text) => text.includes('"c"');
    store.away = true;
    const senseless = [{ text: 7 }, { text: 'x' }, { text: '{"id":"a","kind":"other","at":1}' }];
    for (const [n, one] of senseless.entries()) {
      disk.files.set(`0000000000000000000${n}`, [{ seq: n, ...one } as WaitingEntry]);
    }
    for (const id of ['b', 'c', 'd']) await trail.begin(act(id));
    store.away = false;
    trail.storeIsReady();
    await clock.pass(0);
    await trail.close();
    expect(store.rows.map(nameOf)).toEqual(['intent b', 'intent d']);
    expect([disk.files.size, disk.aside]).toEqual([0, 4]);
  });

  test('does not wait for a disk that hangs, and is there once though that takes it at last', async () => {
    const { trail, store, disk, clock } = rig();
    let wake = () => {};
    const append = disk.append.bind(disk);
    disk.append = async (records) => {
      await new Promise<void>((done) => {
        wake = done;
      });
      return append(records);
    };
    const begun = trail.begin(act('a'));
    await clock.pass(5000);
    await begun;
    expect(store.rows.map(nameOf)).toEqual(['intent a']);
    expect(trail.view.trouble).toEqual([
      {
        severity: 'note',
        says: "The audit can't be written to disk: it has not answered for 5 s.",
      },
    ]);
    wake();
    disk.append = append;
    await clock.pass(0);
    await trail.end(end('a'));
    await clock.pass(10);
    await clock.pass(10);
    await trail.close();
    expect(store.rows.map(nameOf)).toEqual(['intent a', 'outcome a']);
    expect([disk.files.size, trail.view.trouble]).toEqual([0, []]);
  });

  test('that was done waits in memory at the worst, as far as that goes, and what is lost is counted', async () => {
    const { trail, store, disk, clock } = rig();
    store.away = true;
    disk.fails = () => 'before';
    await Promise.all(Array.from({ length: 1100 }, (_, n) => trail.end(end(`${n}`))));
    expect(trail.view.waiting.entries).toBe(1000);
    expect(trail.view.trouble[1]).toEqual({
      severity: 'alarm',
      says: '100 entries of the audit could be kept nowhere, and are lost.',
    });
    disk.fails = null;
    store.away = false;
    await clock.pass(1000);
    for (let n = 0; n < 20 && store.rows.length < 1000; n += 1) await clock.pass(1000);
    await trail.close();
    expect(store.rows).toHaveLength(1000);
  });

  test('is not begun before the folder is open, but for what the store takes', async () => {
    const store = new Store();
    const clock = new FakeClock();
    const trail = new AuditTrail({
      ...{ clock, chain: store.chain(), onAppended: () => {}, onState: () => {} },
      onError: () => {},
    });
    store.away = true;
    await expect(trail.begin(act('a'))).rejects.toThrow('its folder is not open yet');
    store.away = false;
    await trail.begin(act('a'));
    expect(store.rows.map(nameOf)).toEqual(['intent a']);
    trail.start(new Disk(new Map()));
    expect(trail.view).toMatchObject({ state: 'ready', trouble: [] });
  });

  test('in words that the database has no letters for stands there without them', async () => {
    const { trail, store, clock } = rig();
    store.refuses = (text) => /[^\x20-\x7e]/.test(text);
    store.away = true;
    await trail.begin(act('a'));
    await trail.begin({ ...act('b'), reason: 'größer' });
    await trail.begin(act('c'));
    store.away = false;
    trail.storeIsReady();
    await clock.pass(0);
    await trail.close();
    expect(store.rows.map(nameOf)).toEqual(['intent a', 'intent b', 'intent c']);
    expect(JSON.parse(store.rows[1] ?? '').reason).toBe('gr??er');
  });
});

test('what somebody was told may be done is in the chain once, in order, whatever fails or dies', async () => {
  const step = fc.record({
    what: fc.constantFrom('act', 'act', 'away', 'back', 'die', 'wait'),
    disk: fc.constantFrom('nothing', 'nothing', 'nothing', 'before', 'after'),
    loses: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      const [store, clock] = [new Store(), new FakeClock()];
      const files = new Map<string, readonly WaitingEntry[]>();
      let alive = { is: true };
      const start = () => {
        const mine = { is: true };
        alive = mine;
        const disk = new Disk(files);
        return rig({ store, clock, disk, alive: () => mine.is });
      };
      let now = start();
      const promised: string[] = [];
      const ended: string[] = [];
      let count = 0;
      for (const { what, disk, loses } of steps) {
        now.disk.fails = () => disk as 'nothing';
        store.losesAnswer = () => loses;
        if (what === 'away') store.away = true;
        if (what === 'back') {
          store.away = false;
          now.trail.storeIsReady();
        }
        if (what === 'wait') await clock.pass(3000);
        if (what === 'die') {
          alive.is = false;
          now.disk.fails = () => {
            throw new Died();
          };
          ended.splice(0);
          now = start();
          now.trail.storeIsReady();
        }
        if (what !== 'act') continue;
        count += 1;
        const id = String(count);
        const began = now.trail.begin(act(id)).then(
          () => true,
          () => false,
        );
        await clock.pass(10);
        if (!(await began)) continue;
        promised.push(`intent ${id}`);
        await now.trail.end(end(id));
        (disk === 'nothing' ? promised : ended).push(`outcome ${id}`);
      }
      store.away = false;
      store.losesAnswer = null;
      now.disk.fails = null;
      now.trail.storeIsReady();
      for (let n = 0; n < 100 && now.trail.view.waiting.entries > 0; n += 1) await clock.pass(1000);
      await now.trail.close();
      const names = store.rows.map(nameOf);
      expect(names).toEqual([...new Set(names)]);
      expect(names).toEqual(expect.arrayContaining([...promised, ...ended]));
      expect(files.size).toBe(0);
      if (steps.some(({ disk }) => disk !== 'nothing')) return;
      // Where the disk always took it, nothing went past it.
      const numbers = names.map((name) => Number(name.replace(/\D/g, '')));
      expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    }),
    { numRuns: 200 },
  );
}, 60_000);

describe('on a real disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'howdah-trail-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const open = () => FolderSpool.open<WaitingEntry>(folder, Number.POSITIVE_INFINITY);

  test('another process goes on from what is there, behind it, and what is unreadable is said', async () => {
    const store = new Store();
    store.away = true;
    const clock = new FakeClock();
    const first = new AuditTrail({
      ...{ clock, chain: store.chain(), onAppended: () => {}, onState: () => {} },
      onError: () => {},
    });
    first.start(await open());
    await first.begin(act('a'));
    await first.begin(act('b'));
    writeFileSync(join(folder, '0000000000000009.jsonl'), 'no entry\n');
    // A clock that was set back.
    const { trail } = (() => {
      const second = new AuditTrail({
        ...{
          clock: new FakeClock(5),
          chain: store.chain(),
          onAppended: () => {},
          onState: () => {},
        },
        onError: () => {},
      });
      return { trail: second };
    })();
    trail.start(await open());
    await trail.begin(act('c'));
    store.away = false;
    trail.storeIsReady();
    await expect.poll(() => store.rows.map(nameOf)).toEqual(['intent a', 'intent b', 'intent c']);
    await trail.close();
    expect(trail.view.trouble).toMatchObject([
      { says: expect.stringMatching(/^1 file of the audit on disk/) },
    ]);
    expect(readdirSync(folder)).toEqual(['0000000000000009.jsonl.unreadable']);
  });
});
