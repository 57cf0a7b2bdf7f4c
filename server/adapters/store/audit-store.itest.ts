import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sightOf } from '@/lib/access/sight';
import { acknowledgedDetail, acknowledgedText } from '@/lib/audit/breaks';
import type { Anchor } from '@/lib/audit/chain';
import {
  type AuditIntent,
  type AuditOutcome,
  byHowdah,
  intentEntry,
  outcomeEntry,
  textOf,
} from '@/lib/audit/entry';
import type { AuditItem } from '@/lib/audit/page';
import type { ClusterEvent } from '@/lib/topology/event';
import { waitFor } from '@/sandbox';
import { systemClock } from '@/server/clock';
import { PostgresAuditChain } from './audit-chain';
import { signed } from './audit-hash';
import { PostgresAuditReader } from './audit-reader';
import { verifyAudit } from './audit-verify';
import { backUp } from './backup';
import { decode } from './backup-format';
import { restore } from './backup-restore';
import { Database } from './database';
import { PostgresStore } from './store';
import { makeFolder, openStore, servers } from './store-for-tests';

const KEY = Buffer.alloc(32, 7);
const orders = 'main~.2Fservice~orders';
const billing = 'main~.2Fother~billing';
const ann = { kind: 'user', id: 'u1', name: 'ann@example.org' } as const;

const anAct = (part: Partial<AuditIntent> = {}): AuditIntent => ({
  ...{ id: randomUUID(), at: 1000, actor: ann, role: 'operator', from: '10.0.0.1' },
  ...{ action: 'switchover', cluster: orders, decidedOn: { leader: 'pg-a' } },
  ...{ reason: 'ein Grund: "ünïcode" \\ \0', detail: null, ...part },
});
const done = ({ id, at }: AuditIntent, part: Partial<AuditOutcome> = {}): AuditOutcome => ({
  ...{ id, at: at + 5, result: 'done', says: 'pg-b leads orders.', cost: { outageMs: 7 }, ...part },
});
const begun = (act: AuditIntent) => textOf(intentEntry(act));
const ended = (outcome: AuditOutcome) => textOf(outcomeEntry(outcome));

describe.each(servers)('the audit in $name', ({ programs }) => {
  const folders: string[] = [];
  let opened: ReturnType<typeof openStore>;
  let admin: pg.Client;
  let named = 0;

  beforeAll(async () => {
    const folder = makeFolder();
    folders.push(folder);
    opened = openStore(folder, programs, systemClock);
    await waitFor(() => opened.database.health.state === 'ready', {
      timeoutMs: 30_000,
      what: () => `the store: ${opened.database.health.says}`,
    });
    admin = new pg.Client(opened.config);
    await admin.connect();
  });
  afterAll(async () => {
    await admin?.end();
    opened?.close();
    for (const folder of folders) rmSync(join(folder, '..'), { recursive: true, force: true });
  });

  /** A database of its own for a test, of which each Howdah has connections of its own. */
  async function aStore() {
    named += 1;
    const name = `audit_${named}`;
    await admin.query(`create database ${name}`);
    const config = { ...opened.config, database: name };
    const open: { end(): unknown }[] = [];
    const howdah = async (writes: boolean) => {
      const database = new Database({
        ...{ clock: systemClock, kind: 'the same', onState: () => {}, writes: () => writes },
        reach: async () => config,
      });
      database.start();
      open.push({ end: () => database.close() });
      await waitFor(() => database.health.state === 'ready', {
        timeoutMs: 30_000,
        what: () => `it: ${database.health.says}`,
      });
      return { database, chain: new PostgresAuditChain(database, KEY) };
    };
    const first = await howdah(true);
    const client = new pg.Client(config);
    client.on('error', () => {});
    await client.connect();
    return {
      ...{ ...first, client, config, another: () => howdah(false) },
      verify: (part: { key?: Buffer | null; anchors?: readonly Anchor[] | null } = {}) =>
        verifyAudit(client, {
          key: KEY,
          anchors: [],
          onProgress: () => {},
          ...part,
        }),
      /** As somebody does who may do anything to the database. */
      tamper: async (...statements: string[]) => {
        await client.query(`set session_replication_role = 'replica'`);
        for (const statement of statements) await client.query(statement);
        await client.query(`set session_replication_role = 'origin'`);
      },
      end: async () => {
        for (const one of open) one.end();
        await client.end();
      },
    };
  }

  const fill = async ({ chain }: { chain: PostgresAuditChain }, count: number) => {
    for (let n = 0; n < count; n += 1) {
      const act = anAct({ at: 1000 * (n + 1) });
      await chain.append([begun(act), ended(done(act))]);
    }
  };

  test('rows that are altered, removed or cut off by SQL are found', async () => {
    const store = await aStore();
    await fill(store, 5);
    const head = await store.chain.head();
    if (!head) throw new Error('there is none');
    const anchors = [{ ...head, at: 1, store: await store.chain.storeId() }];
    const whole = await store.verify({ anchors });
    expect(whole).toMatchObject({ rows: 10, findings: [], doubts: [] });
    const findings = async () => (await store.verify({ anchors })).findings;
    const put = `update howdah.audit set entry = $1 where seq = 4`;

    await store.tamper(
      `update howdah.audit set entry = replace(entry, 'pg-a', 'pg-z') where seq = 3`,
    );
    expect(await findings()).toEqual([expect.stringMatching(/^Row 3 does not fit/)]);
    await store.tamper(
      `update howdah.audit set entry = replace(entry, 'pg-z', 'pg-a') where seq = 3`,
    );
    expect(await findings()).toEqual([]);

    // What means the same is not the same.
    const { rows } = await store.client.query('select entry from howdah.audit where seq = 4');
    await store.client.query(`set session_replication_role = 'replica'`);
    await store.client.query(put, [`${rows[0].entry} `]);
    expect(await findings()).toEqual([expect.stringMatching(/^Row 4 does not fit/)]);
    await store.client.query(put, [rows[0].entry]);
    await store.client.query(`set session_replication_role = 'origin'`);

    await store.tamper(
      'create table public.kept as select seq, chain, entry, hash from howdah.audit',
    );
    const back = 'insert into howdah.audit select * from public.kept on conflict do nothing';
    await store.tamper('delete from howdah.audit where seq = 6');
    expect(await findings()).toEqual(['Row 6 is missing.']);
    await store.tamper(back, 'delete from howdah.audit where seq >= 8');
    expect(await findings()).toEqual([expect.stringMatching(/^Rows 8 to 10 are cut off/)]);
    await store.tamper(back, 'truncate howdah.audit');
    expect(await findings()).toEqual([
      expect.stringMatching(/^A chain of this store was anchored/),
    ]);
    await store.tamper(back);
    expect(await findings()).toEqual([]);
    await store.client.query('alter table howdah.audit disable trigger audit_goes');
    await store.client.query('alter table howdah.audit alter column actor drop expression');
    expect(await findings()).toEqual([
      'The trigger audit_goes, which refuses changes of the audit, is off.',
      'The column actor of the audit is no longer made of its rows.',
    ]);
    await store.end();
  });

  test('what would hide acts from whoever looks for them is found, though the chain is whole', async () => {
    const store = await aStore();
    await fill(store, 2);
    const findings = async () => (await store.verify()).findings;
    expect(await findings()).toEqual([]);
    await store.client.query(
      `alter table howdah.audit drop column cluster,
         add column cluster text generated always as ('x' || (entry::jsonb ->> 'cluster')) stored`,
    );
    expect(await findings()).toEqual([
      'Row 1 is shown as something else than it says (cluster).',
      'Row 3 is shown as something else than it says (cluster).',
    ]);
    await store.client.query(
      `alter table howdah.audit drop column cluster,
         add column cluster text generated always as (entry::jsonb ->> 'cluster') stored`,
    );
    expect(await findings()).toEqual([]);
    await store.client.query(
      `create or replace function howdah.audit_goes() returns trigger language plpgsql as
       $$ begin return old; end $$`,
    );
    await store.client.query('alter table howdah.audit drop constraint audit_act_kind_key');
    await store.client.query('alter table howdah.audit enable row level security');
    expect(await findings()).toEqual([
      'The trigger audit_goes, which refuses changes of the audit, does something else than Howdah made it for.',
      'The audit is no plain table: what is read of it need not be all there is.',
      'The key is gone by which each beginning and end of an act is there once.',
    ]);
    await store.end();
  });

  test('what would leave rows out as they come is found, and no row is taken for kept', async () => {
    const store = await aStore();
    await fill(store, 1);
    await store.client.query(
      `create function public.drop_some() returns trigger language plpgsql as
       $$ begin if new.entry like '%mallory%' then return null; end if; return new; end $$`,
    );
    await store.client.query(
      'create trigger leaves_out before insert on howdah.audit for each row execute function public.drop_some()',
    );
    const act = anAct({ actor: { ...ann, name: 'mallory' } });
    await expect(store.chain.append([begun(act)])).rejects.toThrow('leaves out rows');
    expect(await store.verify()).toMatchObject({
      ...{
        rows: 2,
        findings: ['The trigger leaves_out stands on the audit, and Howdah did not make it.'],
      },
    });
    await store.end();
  });

  test('a store has an id of its own, which nobody changes and a backup carries', async () => {
    const store = await aStore();
    const other = await store.another();
    const ids = await Promise.all([store.chain.storeId(), other.chain.storeId()]);
    expect(ids[0]).toBe(ids[1]);
    await expect(store.client.query(`update howdah.audit_store set id = 'x'`)).rejects.toThrow(
      'is refused',
    );
    // All of it gone, with the id: whoever left the anchor is not known any more.
    const left = [{ chain: 'z', seq: 9, hash: 'x', at: 1, store: ids[0] }];
    await store.tamper('truncate howdah.audit, howdah.audit_store');
    expect((await store.verify({ anchors: left })).findings).toHaveLength(1);
    await store.end();
  });

  test('that it was found broken stands until it is acknowledged with the secret', async () => {
    const store = await aStore();
    await fill(store, 1);
    const head = await store.chain.head();
    if (!head) throw new Error('there is none');
    const broken = anAct({ actor: byHowdah, action: 'chain-broken', reason: 'Rows were gone.' });
    await store.chain.beginAnew(head, begun(broken));
    const standing = [{ key: 'row 3', says: 'Rows were gone.' }];
    expect(await store.chain.breaks()).toEqual(standing);
    const acknowledge = async (key: Buffer) => {
      const act = anAct({ action: 'break-acknowledged', reason: 'restored' });
      const signature = signed(acknowledgedText(act.id, act.at, ['row 3']), key);
      const detail = acknowledgedDetail(standing, signature);
      await store.chain.append([begun({ ...act, detail })]);
    };
    await acknowledge(Buffer.alloc(32));
    expect(await store.chain.breaks()).toEqual(standing);
    await acknowledge(KEY);
    expect(await store.chain.breaks()).toEqual([]);
    const { findings, acknowledged } = await store.verify();
    expect(findings).toEqual([
      "Row 4 acknowledges a break, and is not signed with Howdah's secret.",
    ]);
    expect(acknowledged).toHaveLength(1);
    await store.end();
  });

  test('nothing is changed or removed by mistake', async () => {
    const store = await aStore();
    await fill(store, 1);
    for (const statement of [
      `update howdah.audit set hash = ''`,
      'delete from howdah.audit where seq = 2',
      'truncate howdah.audit',
      'truncate howdah.audit_checkpoint',
    ]) {
      await expect(store.client.query(statement)).rejects.toThrow('only ever appended to');
    }
    const readers = `select has_table_privilege('howdah_reader', 'howdah.audit', 'select') as may`;
    expect((await store.client.query(readers)).rows[0].may).toBe(false);
    await store.end();
  });

  test('can be verified by whoever may only read it', async () => {
    const store = await aStore();
    await fill(store, 2);
    await store.client.query(`create role auditor_${named}`);
    await store.client.query(`grant usage on schema howdah to auditor_${named}`);
    await store.client.query(
      `grant select on howdah.migration, howdah.audit, howdah.audit_checkpoint, howdah.audit_store to auditor_${named}`,
    );
    await store.client.query(`set role auditor_${named}`);
    expect(await store.verify()).toMatchObject({ rows: 4, findings: [] });
    await expect(store.client.query(`delete from howdah.audit`)).rejects.toThrow('permission');
    await store.end();
  });

  test('told again, by whomever, an act is there once, and its first end stands', async () => {
    const store = await aStore();
    const other = await store.another();
    const act = anAct();
    await store.chain.append([begun(act)]);
    await store.chain.append([begun(act), ended(done(act)), ended(done(act))]);
    await other.chain.append([begun(act), ended(done(act, { result: 'failed' }))]);
    expect((await store.verify()).rows).toBe(2);
    // What makes no sense is refused for good, and says nothing against the connection.
    await expect(store.chain.append(['x'])).rejects.toMatchObject({ code: 'bad-input' });
    expect(store.chain.writable).toBe(true);
    await store.end();
  });

  test('who appends at once with others keeps one chain with them', async () => {
    const store = await aStore();
    const chains = [
      store.chain,
      ...(await Promise.all([store.another(), store.another()])).map((one) => one.chain),
    ];
    await Promise.all(
      chains.map(async (chain) => {
        for (let n = 0; n < 30; n += 1) {
          const act = anAct();
          await chain.append(n % 3 === 0 ? [begun(act)] : [begun(act), ended(done(act))]);
        }
      }),
    );
    expect(await store.verify()).toMatchObject({ rows: 150, findings: [], from: 1 });
    await store.end();
  });

  test('what is old goes up to a signed checkpoint, and no act is cut in two', async () => {
    const store = await aStore();
    const long = anAct({ at: 2000 });
    const acts = [anAct({ at: 1000 }), long, anAct({ at: 3000 }), anAct({ at: 9000 })];
    for (const act of acts)
      await store.chain.append([begun(act), ...(act === long ? [] : [ended(done(act))])]);
    await store.chain.append([ended(done(long, { at: 9500 }))]);
    expect(await store.chain.old(5000)).toBe(2);
    expect(await store.chain.cut(5000)).toMatchObject({ upto: 2, removed: 2 });
    expect(await store.chain.cut(5000)).toBeNull();
    expect(await store.chain.at(1)).toBe('removed');
    expect(await store.verify()).toMatchObject({ rows: 6, removed: 2, findings: [] });
    // All of it goes, and the chain goes on.
    expect(await store.chain.cut(99_000)).toMatchObject({ upto: 8, removed: 6 });
    await fill(store, 2);
    expect(await store.verify()).toMatchObject({ rows: 4, from: 9, removed: 8, findings: [] });
    expect((await store.verify({ key: Buffer.alloc(32) })).findings).toHaveLength(2);
    expect(await store.verify({ key: null })).toMatchObject({
      findings: [],
      doubts: { length: 3 },
    });
    expect(await store.chain.at(8)).toMatchObject({ seq: 8 });
    // A checkpoint that somebody else made lets rows go, and is found.
    await store.client.query(
      `insert into howdah.audit_checkpoint select 9, chain, hash, 1, now(), 'x' from howdah.audit where seq = 9`,
    );
    await store.client.query('delete from howdah.audit where seq = 9');
    expect(await store.chain.at(9)).toBeNull();
    expect((await store.verify()).findings).toEqual([expect.stringContaining('is not signed')]);
    await store.end();
  });

  test('no checkpoint is laid over rows that somebody has altered', async () => {
    const store = await aStore();
    await fill(store, 4);
    const put = 'alter table howdah.audit alter column at';
    const aged = async (where: string) => {
      await store.client.query(`${put} drop expression`);
      await store.tamper(`update howdah.audit set at = 'epoch' where ${where}`);
    };
    const hides = `update howdah.audit set entry = replace(entry, 'pg-a', 'pg-z') where seq = 3`;
    const shows = `update howdah.audit set entry = replace(entry, 'pg-z', 'pg-a') where seq = 3`;
    await store.tamper(hides);
    await expect(store.chain.cut(9000)).rejects.toThrow('row 3 does not fit');
    await store.tamper(shows);
    await aged('true');
    await expect(store.chain.cut(900)).rejects.toThrow('row 1 is not as old as the store says');
    expect(await store.verify()).toMatchObject({ rows: 8, removed: 0 });
    expect((await store.verify()).findings).not.toEqual([]);
    await store.tamper(
      `insert into howdah.audit_checkpoint select 2, chain, hash, 2, now(), 'x' from howdah.audit where seq = 2`,
    );
    await expect(store.chain.cut(9000)).rejects.toThrow('after row 2 is not signed');
    await store.end();
  });

  test('an act is not cut in two, whichever of its rows came first', async () => {
    const store = await aStore();
    const late = anAct({ at: 7000 });
    const act = anAct({ at: 1000 });
    // Its end was kept by another process, before what it had on disk came to the store.
    await store.chain.append([ended(done(act, { at: 1500 })), begun(anAct({ at: 1600 }))]);
    await store.chain.append([begun(late), begun(act)]);
    expect(await store.chain.old(5000)).toBe(0);
    expect(await store.chain.cut(5000)).toBeNull();
    await store.end();
  });

  test('what was answered is on disk, also where the server need not see to that', async () => {
    const store = await aStore();
    await store.client.query(`alter database audit_${named} set synchronous_commit = off`);
    await store.client.query('create table public.was (setting text)');
    await store.client.query(
      `create function public.note() returns trigger language plpgsql as
       $$ begin insert into public.was values (current_setting('synchronous_commit')); return new; end $$`,
    );
    await store.client.query(
      'create trigger note before insert on howdah.audit for each row execute function public.note()',
    );
    const other = await store.another();
    await other.chain.append([begun(anAct())]);
    expect((await store.client.query('select * from public.was')).rows).toEqual([
      { setting: 'on' },
    ]);
    await store.end();
  });

  test('a chain found broken is gone on from in another, once', async () => {
    const store = await aStore();
    const other = await store.another();
    await fill(store, 2);
    const head = await store.chain.head();
    if (!head) throw new Error('there is none');
    const broken = (reason: string) =>
      begun(anAct({ actor: byHowdah, action: 'chain-broken', reason, cluster: null }));
    const anew = await store.chain.beginAnew(head, broken('Rows were gone.'));
    expect(anew).toMatchObject({ seq: 5 });
    expect(anew?.chain).not.toBe(head.chain);
    expect(await other.chain.beginAnew(head, broken('Rows were gone.'))).toBeNull();
    await fill(store, 1);
    expect((await store.verify()).findings).toEqual([
      'The chain was begun anew at row 5: Rows were gone.',
    ]);
    await store.end();
  });

  test('a backup has it, and what is restored of that is the same chain', async () => {
    const store = await aStore();
    await fill(store, 3);
    await store.chain.cut(1500);
    const head = await store.chain.head();
    const id = await store.chain.storeId();
    const bytes: Buffer[] = [];
    const copier = new pg.Client(store.config);
    await copier.connect();
    for await (const some of backUp(copier)) bytes.push(some);
    await copier.end();
    await store.end();

    const target = await aStore();
    await fill(target, 1);
    await restore(
      target.client,
      decode(
        (async function* () {
          yield* bytes;
        })(),
      ),
    );
    expect(await target.chain.head()).toEqual(head);
    expect(await target.chain.storeId()).toBe(id);
    await fill(target, 1);
    const anchors = [{ ...(head ?? { chain: '', seq: 0, hash: '' }), at: 1, store: 'before' }];
    expect(await target.verify({ anchors })).toMatchObject({ rows: 6, removed: 2, findings: [] });
    await expect(target.client.query('truncate howdah.audit')).rejects.toThrow('is refused');
    await target.end();
  });

  test('what is asked for is found, page by page, as far as somebody may see', async () => {
    const store = await aStore();
    const reader = new PostgresAuditReader(store.database);
    const all = sightOf([{ role: 'viewer', scope: { of: 'all' } }]);
    const of = (id: string) => sightOf([{ role: 'viewer', scope: { of: 'cluster', cluster: id } }]);
    const near = (namespace: string) =>
      sightOf([{ role: 'viewer', scope: { of: 'namespace', ensemble: 'main', namespace } }]);
    const one = anAct({ at: 1000 });
    const two = anAct({
      at: 2000,
      cluster: billing,
      action: 'configuration-restore',
      reason: 'later',
    });
    const three = anAct({
      at: 3000,
      cluster: null,
      action: 'sign-in',
      actor: { ...ann, id: 'u2', name: 'bob' },
    });
    const four = anAct({ at: 3000 });
    await store.chain.append([
      ...[
        begun(one),
        ended(done(one)),
        begun(two),
        ended(done(two, { result: 'unknown', says: 'Lost.' })),
      ],
      ended(done(two, { result: 'done', says: 'It was.', resolves: true, cost: { zxid: 'aa' } })),
      ...[
        begun(three),
        ended(done(three, { result: 'refused', says: 'Wrong password.' })),
        begun(four),
      ],
    ]);
    const ids = (items: readonly AuditItem[]) =>
      items.map((item) => (item.is === 'act' ? item.intent.id : item.event.seq));
    const ask = async (query: object, sight = all) =>
      ids((await reader.page({ limit: 50, ...query }, sight)).items);
    expect(await ask({})).toEqual([four.id, three.id, two.id, one.id]);
    expect(await ask({}, of(orders))).toEqual([four.id, one.id]);
    expect(await ask({}, near('/other'))).toEqual([two.id]);
    expect(await ask({}, near('/oth'))).toEqual([]);
    expect(await ask({}, sightOf([]))).toEqual([]);
    expect(await ask({ results: ['open'] })).toEqual([four.id]);
    expect(await ask({ results: ['unknown'] })).toEqual([]);
    expect(await ask({ results: ['done', 'open'] })).toEqual([four.id, two.id, one.id]);
    expect(await ask({ actions: ['sign-in'] })).toEqual([three.id]);
    expect(await ask({ actor: 'u2' })).toEqual([three.id]);
    expect(await ask({ actor: 'BO' })).toEqual([three.id]);
    expect(await ask({ search: 'wrong pass' })).toEqual([three.id]);
    expect(await ask({ search: 'LATER' })).toEqual([two.id]);
    expect(await ask({ cluster: billing })).toEqual([two.id]);
    expect(await ask({ from: 2000, until: 3000 })).toEqual([two.id]);
    const first = await reader.page({ limit: 1 }, all);
    expect(first.items[0]).toMatchObject({
      ...{ is: 'act', intent: { decidedOn: { leader: 'pg-a' } }, outcome: null },
    });
    const rest = await reader.page({ limit: 9, before: first.cursor ?? '' }, all);
    expect(ids(rest.items)).toEqual([three.id, two.id, one.id]);
    expect(rest.items[1]).toMatchObject({ outcome: { result: 'done', says: 'It was.' } });
    expect(rest.cursor).toBeNull();
    await expect(reader.page({ limit: 1, before: 'x' }, all)).rejects.toThrow('no such page');
    await store.end();
  });

  test('changes that Howdah did not make stand beside its acts, and its own do not', async () => {
    const store = await aStore();
    const reader = new PostgresAuditReader(store.database);
    const all = sightOf([{ role: 'viewer', scope: { of: 'all' } }]);
    const AT = Date.UTC(2026, 2, 3, 12);
    const act = anAct({ at: AT });
    const put = anAct({ at: AT + 1000, action: 'configuration-restore' });
    await store.chain.append([
      ...[begun(act), ended(done(act, { at: AT + 9000 }))],
      ...[begun(put), ended(done(put, { at: AT + 1005, cost: { zxid: 'bb' } }))],
    ]);
    const anEvent = (seq: number, part: Partial<ClusterEvent>): ClusterEvent => ({
      ...{ seq, at: AT + seq * 1000, cluster: orders, member: null, says: `${seq}` },
      ...{ code: 'config-changed', cause: 'request', ...part },
    });
    await new PostgresStore(store.database).write([
      anEvent(1, { code: 'config-changed', written: { at: AT, zxid: 'bb' } }),
      anEvent(2, { code: 'config-changed', written: { at: AT, zxid: 'cc' } }),
      // Told by a Howdah that knew nothing of the other's switchover.
      anEvent(3, { code: 'leader-changed' }),
      anEvent(4, { code: 'leader-changed', cluster: billing }),
      anEvent(5, { code: 'leader-changed', cause: 'automatic' }),
      anEvent(6, { code: 'mode-changed', cause: 'howdah' }),
      anEvent(7, { code: 'mode-changed', cause: 'unwatched' }),
      anEvent(8, { code: 'member-joined' }),
      // The same number, of another ensemble's write.
      anEvent(9, { cluster: billing, written: { at: AT, zxid: 'bb' } }),
      anEvent(4000, { code: 'leader-changed' }),
    ]);
    const seen = async (query: object, sight = all) =>
      (await reader.page({ limit: 50, ...query }, sight)).items.flatMap((item) =>
        item.is === 'seen' ? [[item.event.seq, item.by]] : [],
      );
    expect(await seen({})).toEqual([
      ...[
        [4000, 'others'],
        [9, 'others'],
        [7, 'not known'],
        [4, 'others'],
        [2, 'others'],
      ],
    ]);
    expect(await seen({ by: 'howdah' })).toEqual([]);
    expect(await seen({ search: '400' })).toEqual([[4000, 'others']]);
    expect(
      await seen({}, sightOf([{ role: 'viewer', scope: { of: 'cluster', cluster: billing } }])),
    ).toEqual([
      [9, 'others'],
      [4, 'others'],
    ]);
    const others = await reader.page({ limit: 50, by: 'others' }, all);
    expect(others.items.every(({ is }) => is === 'seen')).toBe(true);
    const both = await reader.page({ limit: 3 }, all);
    expect(both.items.map(({ is, at }) => [is, at - AT])).toEqual([
      ...[
        ['seen', 4_000_000],
        ['seen', 9000],
        ['seen', 7000],
      ],
    ]);
    const next = await reader.page({ limit: 3, before: both.cursor ?? '' }, all);
    expect(next.items.map(({ is, at }) => [is, at - AT])).toEqual([
      ...[
        ['seen', 4000],
        ['seen', 2000],
        ['act', 1000],
      ],
    ]);
    const last = await reader.page({ limit: 3, before: next.cursor ?? '' }, all);
    expect(last.items.map(({ is, at }) => [is, at - AT])).toEqual([['act', 0]]);
    expect(last.cursor).toBeNull();
    await store.end();
  });
});
