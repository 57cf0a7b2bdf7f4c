import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import type { AuditOutcome } from '@/lib/audit/entry';
import type { RestoreRequest } from '@/lib/operations/restore';
import { aCluster } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { type FakeSession, FakeZooKeeper } from '../adapters/zookeeper/fake-zookeeper';
import { FakeClock } from '../fake-clock';
import { Restores } from './restores';

const CONFIG = '/service/orders/config';
const ID = aCluster().id;
const old = '{"ttl": 30, "postgresql": {"parameters": {"work_mem": "8MB"}}}';

function rig() {
  const clock = new FakeClock();
  const zookeeper = new FakeZooKeeper();
  const session: FakeSession = zookeeper.session(() => {});
  zookeeper.put(CONFIG, '{"ttl": 20}');
  const told: string[] = [];
  const audited: AuditOutcome[] = [];
  let view: ClusterView | null = aCluster();
  let running: string | null = null;
  let wanted: Buffer | null = Buffer.from(old);
  const start = () =>
    new Restores({
      clock,
      root: '/howdah',
      view: () => view,
      access: () => session,
      connected: () => true,
      running: () => running,
      bytes: async () => wanted,
      audit: {
        end: async (outcome) => {
          audited.push(outcome);
        },
      },
      onDone: (_, says) => told.push(says),
      onError: (error) => {
        throw error;
      },
    });
  return {
    ...{ clock, zookeeper, session, told, audited, start },
    restores: start(),
    now: () => zookeeper.get(CONFIG)?.data.toString(),
    version: () => zookeeper.get(CONFIG)?.stat.version ?? 0,
    set: (part: { view?: ClusterView | null; running?: string; wanted?: string | null }) => {
      if (part.view !== undefined) view = part.view;
      if (part.running !== undefined) running = part.running;
      if (part.wanted !== undefined)
        wanted = part.wanted === null ? null : Buffer.from(part.wanted);
    },
  };
}
let at: ReturnType<typeof rig>;
beforeEach(() => {
  at = rig();
});
const ask = (part: Partial<RestoreRequest> = {}): RestoreRequest => ({
  ...{ cluster: ID, seq: 7, seenVersion: 0, confirm: 'orders', reason: 'as before the change' },
  ...part,
});

const act = { id: 'an-act', by: 'ann@example.org' };

describe('a configuration is restored', () => {
  test('byte for byte, over the version that was seen, and that is told with its reason', async () => {
    const outcome = await at.restores.restore(ask());
    expect(at.now()).toBe(old);
    expect(outcome.version).toBe(1);
    expect(at.told).toEqual([
      'An earlier configuration was restored over version 0, as version 1. Reason: as before the change',
    ]);
    // Once more, over its own doing: the record of the last one is in nobody's way.
    at.set({ wanted: '{"ttl": 40}' });
    await at.restores.restore(ask({ seenVersion: 1 }));
    expect(at.now()).toBe('{"ttl": 40}');
  });

  test('by somebody, which its record and the audit have, and its write is known for Howdah’s', async () => {
    await at.restores.restore(ask(), act);
    const record = JSON.parse(at.zookeeper.get(`/howdah/restores/${ID}`)?.data.toString() ?? '');
    expect(record).toMatchObject({ by: act.by, act: act.id, state: 'done' });
    const zxid = at.zookeeper.get(CONFIG)?.stat.mzxid ?? '';
    expect(at.audited).toMatchObject([{ id: act.id, result: 'done', cost: { zxid } }]);
    expect([at.restores.isOurs(ID, zxid), at.restores.isOurs(ID, 'ff')]).toEqual([true, false]);
    // The audit's word of it may have been lost with this process: the next one says the same.
    await at.restores.resume('main', [ID]);
    expect(at.audited).toHaveLength(1);
    await at.start().resume('main', [ID]);
    expect(at.audited).toEqual([at.audited[0], at.audited[0]]);
    at.audited.splice(1);
    // One from before there was an audit is still one of ours.
    const { by: _, act: __, ...older } = record;
    at.zookeeper.put(
      `/howdah/restores/${ID}`,
      JSON.stringify({ ...older, state: 'recorded', at: 0 }),
    );
    await at.start().resume('main', [ID]);
    expect(at.told).toHaveLength(2);
    expect(at.audited).toHaveLength(1);
  });

  test('not over another version than the one that was seen', async () => {
    at.zookeeper.set(CONFIG, '{"ttl": 25}');
    await expect(at.restores.restore(ask())).rejects.toMatchObject({ code: 'moved' });
    expect(at.now()).toBe('{"ttl": 25}');
  });

  test('not where the preflight forbids it', async () => {
    const refused = async (part: Parameters<typeof at.set>[0], says: RegExp) => {
      at = rig();
      at.set(part);
      await expect(at.restores.restore(ask())).rejects.toMatchObject({
        code: 'refused',
        message: expect.stringMatching(says),
      });
      expect(at.version()).toBe(0);
      expect(at.told).toEqual([]);
    };
    await refused({ running: 'A switchover' }, /switchover is under way/);
    await refused({ wanted: 'no json' }, /no configuration/);
    await refused({ wanted: '{"ttl": 20}' }, /the same as the one in force/);
    await refused({ wanted: '{"ttl":20,"standby_cluster":{"host":"x"}}' }, /standby cluster/);
  });

  test('not without the name, of a cluster that is gone, or of a version that is not kept', async () => {
    await expect(at.restores.restore(ask({ confirm: 'order' }))).rejects.toMatchObject({
      code: 'bad-input',
    });
    at.set({ wanted: null });
    await expect(at.restores.restore(ask())).rejects.toMatchObject({ code: 'not-found' });
    at.set({ view: null });
    await expect(at.restores.restore(ask())).rejects.toMatchObject({ code: 'not-found' });
  });

  test('once, and told truly, whichever of its calls or answers is lost, also over a restart', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom('nothing', 'call', 'answer', 'nothing', 'nothing'), {
          minLength: 14,
          maxLength: 14,
        }),
        async (losses) => {
          at = rig();
          const left = [...losses];
          at.session.loses = () => (left.shift() ?? 'nothing') as 'nothing' | 'call' | 'answer';
          const outcome = at.restores.restore(ask(), act).then(
            () => 'done',
            (error: { code: string }) => error.code,
          );
          await at.clock.pass(60_000);
          const ended = await outcome;
          at.session.loses = null;
          // Another process finds what this one left.
          const next = at.start();
          await next.resume('main', [ID]);
          await next.resume('main', [ID]);
          const written = at.now() === old;
          if (ended === 'done') expect(written).toBe(true);
          expect(at.version()).toBe(written ? 1 : 0);
          const claims = at.told.filter((says) =>
            says.startsWith('An earlier configuration was restored'),
          );
          if (written) expect(claims.length).toBeGreaterThan(0);
          else expect(claims).toEqual([]);
          // The audit has the true end, unless whoever asked was told at once that nothing was done.
          const kept = ['outcome', 'resolution'].flatMap(
            (kind) =>
              at.audited.find((one) => kind === (one.resolves ? 'resolution' : 'outcome')) ?? [],
          );
          const known = kept.findLast(({ result }) => result !== 'unknown');
          if (written) {
            const zxid = at.zookeeper.get(CONFIG)?.stat.mzxid;
            expect(known).toMatchObject({ id: act.id, result: 'done', cost: { zxid } });
          } else if (known) expect(known.result).toBe('failed');
        },
      ),
      { numRuns: 300 },
    );
  });
});

test('what a restore would change is said setting by setting', async () => {
  expect(await at.restores.preflight(ID, 7)).toMatchObject({
    seenVersion: 0,
    changes: [
      { path: 'postgresql.parameters.work_mem', from: null, to: '"8MB"' },
      { path: 'ttl', from: '20', to: '30' },
    ],
  });
});
