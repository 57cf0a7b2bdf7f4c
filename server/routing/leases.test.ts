import { beforeEach, describe, expect, test } from 'vitest';
import type { AgentReport, Lease } from '@/lib/routing/lease';
import { FakeClock } from '../fake-clock';
import { Leases } from './leases';

let clock: FakeClock;
let given: { readonly url: string; readonly at: number; readonly lease: Lease }[];
let answers: Map<string, () => Promise<AgentReport>>;
let orders: Lease['orders'] | null;
let leases: Leases;

const report = (part: Partial<AgentReport> = {}): AgentReport => ({
  ...{
    v: 1,
    holder: null,
    taken: true,
    asked: [],
    statistics: null,
    statisticsFault: null,
    fault: null,
  },
  ...part,
});
const at = (url: string) => given.filter((one) => one.url === url).map((one) => one.at - 1_000_000);

beforeEach(() => {
  clock = new FakeClock();
  given = [];
  orders = {};
  answers = new Map([
    ['http://a', async () => report()],
    ['http://b', async () => report()],
  ]);
  leases = new Leases({
    clock,
    agents: {
      urls: ['http://a', 'http://b'],
      give: (url, lease) => {
        given.push({ url, at: clock.now(), lease });
        return answers.get(url)?.() ?? Promise.reject(new Error('There is none.'));
      },
    },
    me: { id: 'h1', name: 'Howdah on one' },
    orders: () => orders,
    onChange: () => {},
  });
});

const view = (url: string) => leases.views.find((one) => one.url === url);

describe('an agent', () => {
  test('is told at once when something has changed, and every two seconds', async () => {
    leases.renew();
    await clock.pass(5000);
    expect(at('http://a')).toEqual([100, 2100, 4100]);
    orders = { x: { m: { is: 'share', percent: 10 } } };
    leases.renew();
    await clock.pass(100);
    expect(at('http://a').at(-1)).toBe(5100);
    expect(given.at(-1)?.lease).toMatchObject({ holder: 'h1', ttlMs: 10_000, orders });
    const numbers = given.filter(({ url }) => url === 'http://a').map(({ lease }) => lease.number);
    expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
    expect(view('http://a')?.is).toBe('holds');
  });

  test('that hangs delays no other, and is told what is newest once it answers', async () => {
    let end: (told: AgentReport) => void = () => {};
    answers.set('http://a', () => new Promise((done) => (end = done)));
    leases.renew();
    await clock.pass(6000);
    expect(at('http://a')).toEqual([100]);
    expect(at('http://b')).toEqual([100, 2100, 4100]);
    leases.renew();
    answers.set('http://a', async () => report());
    end(report());
    await clock.pass(100);
    expect(at('http://a')).toEqual([100, 6100]);
  });

  test('that does not answer is away since then, and asked again', async () => {
    leases.renew();
    await clock.pass(2000);
    answers.set('http://a', async () => Promise.reject(new Error('It does not answer: refused.')));
    await clock.pass(4000);
    expect(view('http://a')).toMatchObject({
      ...{ is: 'away', says: 'It does not answer: refused.', since: 1_002_100 },
    });
    expect(leases.told.map(({ agent }) => agent)).toEqual(['http://b']);
    answers.set('http://a', async () => report());
    await clock.pass(2000);
    expect(view('http://a')?.is).toBe('holds');
  });

  test('that another Howdah tells is asked for when that would end', async () => {
    const holder = { id: 'h2', name: 'Howdah on two', leftMs: 700 };
    answers.set('http://a', async () => report({ taken: false, holder }));
    leases.renew();
    await clock.pass(900);
    expect(at('http://a')).toEqual([100, 850]);
    expect(view('http://a')).toMatchObject({
      ...{ is: 'other', says: 'It is told what to say by Howdah on two.' },
    });
  });

  test('is told that another may speak when this one stops, and nothing after', async () => {
    answers.set('http://b', async () => Promise.reject(new Error('It is away.')));
    leases.renew();
    await clock.pass(100);
    await leases.close();
    await clock.pass(10_000);
    expect(at('http://a')).toEqual([100, 100]);
    expect(given.at(-1)?.lease).toMatchObject({ released: true, ttlMs: 10_000, orders });
    expect(at('http://b')).toEqual([100]);
  });

  test('is told nothing while nothing can be vouched for, and that is said', async () => {
    leases.renew();
    await clock.pass(100);
    orders = null;
    await clock.pass(10_000);
    expect(at('http://a')).toEqual([100]);
    expect(view('http://a')).toMatchObject({
      ...{ is: 'pending', says: expect.stringContaining('ZooKeeper is away') },
    });
    expect(leases.told).toEqual([]);
  });

  test('need not say HAProxy’s figures each time: what it said of them stands', async () => {
    const statistics = '# pxname,svname,scur\nreads,a,7\n';
    answers.set('http://a', async () => report({ statistics }));
    leases.renew();
    await clock.pass(100);
    answers.set('http://a', async () => report());
    await clock.pass(2000);
    const [told] = leases.told;
    expect([told?.rows.get('reads/a')?.sessions, told?.at]).toEqual([7, 1_000_100]);
    answers.set('http://a', async () => report({ statisticsFault: 'HAProxy does not answer.' }));
    await clock.pass(2000);
    expect(leases.told[0]?.rows.size).toBe(0);
  });
});
