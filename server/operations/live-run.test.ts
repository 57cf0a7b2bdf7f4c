import { describe, expect, test } from 'vitest';
import { ZooKeeperError } from '@/lib/errors';
import { endAs, type Run, requesting } from '@/lib/operations/run';
import { aRun } from '@/lib/operations/sample-run';
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
  let loseCall = false;
  const stat = () => ({
    czxid: '1',
    mzxid: '1',
    version: znode.version,
    ephemeralOwner: null,
    ctime: 0,
    mtime: 0,
  });
  const records = new Records('/howdah', 'this process', () => ({
    data: async (path) => (path === PATH ? { data: znode.data, stat: stat() } : null),
    create: async () => {},
    set: async (path, data, version) => {
      if (version !== znode.version) throw new ZooKeeperError('bad-version', path);
      if (loseCall) {
        loseCall = false;
        throw new ZooKeeperError('connection', path);
      }
      znode.data = data;
      znode.version += 1;
      if (!loseAnswer) return stat();
      loseAnswer = false;
      throw new ZooKeeperError('connection', path);
    },
    delete: async () => {},
    children: async () => null,
    access: async () => null,
    setAccess: async () => {},
    sync: async () => {},
  }));
  return {
    live: new LiveRun({ ensemble: 'main' }, records, { run, version: 0 }),
    loseNextAnswer: () => {
      loseAnswer = true;
    },
    loseNextCall: () => {
      loseCall = true;
    },
    stored: () => JSON.parse(znode.data.toString()) as Run,
    overwrite: (other: Run) => {
      znode.data = Buffer.from(JSON.stringify(other));
      znode.version += 1;
    },
  };
}

const recorded = aRun({ kind: 'switchover', candidate: 'pg-b', at: null });
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

  test('and that of the next one too: whichever of them stands there is our own', async () => {
    for (const lost of ['answer', 'call'] as const) {
      const record = aRecord(recorded);
      record.live.set(requesting(recorded, 2000));
      record.loseNextAnswer();
      await expect(record.live.save()).rejects.toThrow();
      record.live.set(ended(record.live.run, 'over'));
      if (lost === 'answer') record.loseNextAnswer();
      else record.loseNextCall();
      await expect(record.live.save()).rejects.toThrow();
      expect(await record.live.isOurs()).toBe(true);
      expect(await record.live.save()).toBe(true);
      expect(record.stored().view.state).toBe('ended');
    }
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

  test('is known for our own before anything is sent, and another’s is not', async () => {
    const record = aRecord(recorded);
    expect(await record.live.isOurs()).toBe(true);
    record.live.set(requesting(recorded, 2000));
    record.loseNextAnswer();
    await expect(record.live.save()).rejects.toThrow();
    expect(await record.live.isOurs()).toBe(true);
    // It is known as stored from then on.
    expect([record.live.unsaved, await record.live.save()]).toEqual([false, true]);
    record.overwrite(requesting(recorded, 2000));
    expect(await record.live.isOurs()).toBe(false);
  });

  test('what another has taken up is not written to any more', async () => {
    const record = aRecord(recorded);
    record.live.adopt(ended(recorded, 'by another'));
    expect(record.live.run.view.outcome?.says).toBe('by another');
    record.live.set(requesting(recorded, 2000));
    expect(await record.live.save()).toBe(false);
    expect(record.stored().view.state).toBe('recorded');
  });
});
