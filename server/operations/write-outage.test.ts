import { expect, test } from 'vitest';
import type { WriteAttempt } from '@/lib/operations/write-outage';
import { FakeClock } from '../fake-clock';
import type { ProbeSettings, WritePort } from '../ports';
import { startWriteOutage } from './write-outage';

const clock = () => new FakeClock();

/** Servers by name: what an attempt at them takes, and comes to. */
function trying(
  time: FakeClock,
  servers: Record<string, { takesMs: number; is: WriteAttempt['is']; hopeless?: boolean }>,
) {
  const asked: string[] = [];
  const forgotten: string[] = [];
  const inFlight = new Map<string, number>();
  let most = 0;
  const writes: WritePort = {
    connections: 0,
    close: () => {},
    forget: (key) => void forgotten.push(key),
    attempt: ({ key }) => {
      const server = servers[key.split(' ')[1] ?? ''] ?? { takesMs: 1, is: 'refused' as const };
      asked.push(key);
      inFlight.set(key, (inFlight.get(key) ?? 0) + 1);
      most = Math.max(most, inFlight.get(key) ?? 0);
      const sentAt = time.now();
      return new Promise((resolve) => {
        time.after(server.takesMs, () => {
          inFlight.set(key, (inFlight.get(key) ?? 0) - 1);
          const { is, hopeless = false } = server;
          const rest = is === 'refused' ? { says: 'no', hopeless } : { says: 'perhaps' };
          resolve({ is, sentAt, endedAt: time.now(), ...rest } as WriteAttempt);
        });
      });
    },
  };
  return { writes, asked, forgotten, most: () => most };
}

const settings = {} as ProbeSettings;
const all = (...names: string[]) => names.map((name) => ({ name, connUrl: `postgres://${name}/` }));

test('each member has its own beat and one attempt in flight: one that hangs delays nobody', async () => {
  const time = clock();
  const { writes, asked, most } = trying(time, {
    a: { takesMs: 5, is: 'committed' },
    b: { takesMs: 1000, is: 'unsure' },
  });
  const run = startWriteOutage({
    ...{ clock: time, writes, id: 'r', settings },
    members: () => all('a', 'b'),
  });
  await time.pass(2950);
  expect(asked.filter((key) => key === 'r a')).toHaveLength(30);
  expect(asked.filter((key) => key === 'r b')).toHaveLength(3);
  expect(most()).toBe(1);
  expect(run.current()).toMatchObject({ succeeded: 30, unsure: 2, since: null, outages: [] });
  run.stop();
});

test('measures a hand-over, and nothing once it is stopped', async () => {
  const time = clock();
  const servers: Parameters<typeof trying>[1] = {
    a: { takesMs: 5, is: 'committed' },
    b: { takesMs: 2, is: 'refused' },
  };
  const { writes, asked, forgotten } = trying(time, servers);
  const run = startWriteOutage({
    ...{ clock: time, writes, id: 'r', settings },
    members: () => all('a', 'b'),
  });
  const began = time.now();
  await time.pass(950);
  servers.a = { takesMs: 1, is: 'refused' };
  await time.pass(1500);
  expect(run.current().since).toBe(began + 905);
  servers.b = { takesMs: 5, is: 'committed' };
  await time.pass(100);
  const figures = run.current();
  expect(figures.outages).toEqual([
    {
      ...{ from: 'a', to: 'b', startedAt: began + 905, endedAt: began + 2505 },
      ...{ atMostMs: 1605, unsure: 0 },
    },
  ]);
  run.stop();
  run.stop();
  expect(forgotten.toSorted()).toEqual(['r a', 'r b']);
  const before = asked.length;
  await time.pass(5000);
  expect([asked.length, time.pending]).toEqual([before, 0]);
  expect(run.current()).toEqual(figures);
});

test('follows who is there, and leaves alone for a while whom it can’t get in with', async () => {
  const time = clock();
  const { writes, asked, forgotten } = trying(time, {
    a: { takesMs: 5, is: 'committed' },
    c: { takesMs: 5, is: 'refused', hopeless: true },
  });
  let there = all('a', 'c');
  const run = startWriteOutage({
    ...{ clock: time, writes, id: 'r', settings },
    members: () => there,
  });
  await time.pass(9950);
  expect(asked.filter((key) => key === 'r c')).toHaveLength(1);
  expect(run.current().blind).toEqual([{ member: 'c', says: 'no' }]);
  there = all('a');
  await time.pass(200);
  expect(forgotten).toEqual(['r c']);
  run.stop();
});
