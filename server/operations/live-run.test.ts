import { describe, expect, test } from 'vitest';
import { ZooKeeperError } from '@/lib/errors';
import { begin, endAs, type Run, requesting } from '@/lib/operations/run';
import { aCluster } from '@/lib/topology/sample-cluster';
import { LiveRun } from './live-run';
import { Records } from './records';

const ID = 'main~.2Fservice~orders';
const PATH = `/howdah/operations/${ID}`;

/** One znode, whose next write may be taken and its answer lost. */
function aRecord(run: Run) {
  const znode: { data: Buffer; version: number } = {
    data: Buffer.from(JSON.stringify(run)),
    version: 0,
  };
  let loseAnswer = false;
  const stat = () => ({
    czxid: '1',
    mzxid: '1',
    version: znode.version,
    ephemeralOwner: null,
    ctime: 0,
    mtime: 0,
  });
  const records = new Records('/howdah', () => ({
    data: async (path) => (path === PATH ? { data: znode.data, stat: stat() } : null),
    create: async () => {},
    set: async (path, data, version) => {
      if (version !== znode.version) throw new ZooKeeperError('bad-version', path);
      znode.data = data;
      znode.version += 1;
      if (!loseAnswer) return stat();
      loseAnswer = false;
      throw new ZooKeeperError('connection', path);
    },
    delete: async () => {},
    sync: async () => {},
  }));
  return {
    live: new LiveRun({ ensemble: 'main' }, records, { run, version: 0 }),
    loseNextAnswer: () => {
      loseAnswer = true;
    },
    stored: () => JSON.parse(znode.data.toString()) as Run,
    overwrite: (other: Run) => {
      znode.data = Buffer.from(JSON.stringify(other));
      znode.version += 1;
    },
  };
}

const recorded = begin(
  {
    cluster: ID,
    candidate: 'pg-b',
    seen: { leader: 'pg-a', leaderCzxid: '10', configVersion: 2 },
    confirm: 'orders',
    reason: '',
  },
  aCluster(),
  { id: 'one', now: 1000, patienceMs: 60_000 },
);
const ended = (run: Run, says: string) => endAs(run, ['failed', says], 3000);

describe('a write whose answer was lost', () => {
  test('holds nobody’s turn: the next one goes on from what was taken', async () => {
    const record = aRecord(recorded);
    record.live.set(requesting(recorded, 2000));
    record.loseNextAnswer();
    await expect(record.live.save()).rejects.toThrow();
    record.live.set(ended(record.live.run, 'over'));
    expect(await record.live.save()).toBe(true);
    expect(record.stored().view.state).toBe('ended');
  });

  test('does not write over what another process has made of the run', async () => {
    const record = aRecord(recorded);
    record.live.set(requesting(recorded, 2000));
    record.loseNextAnswer();
    await expect(record.live.save()).rejects.toThrow();
    record.overwrite(ended(recorded, 'by another'));
    record.live.set(ended(record.live.run, 'by us'));
    expect(await record.live.save()).toBe(false);
    expect(record.stored().view.outcome?.says).toBe('by another');
  });
});
