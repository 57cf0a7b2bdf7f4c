import { describe, expect, test } from 'vitest';
import type { ProbeFailure, ProbeSample } from '@/lib/topology/sample';
import { aStandbySample } from '@/lib/topology/sample-cluster';
import { FakeClock } from '../fake-clock';
import { ProbeSchedule } from './probe-schedule';

type Answer = ProbeSample | ProbeFailure;

function start(
  names = ['a', 'b'],
  answer: (key: string) => Answer | null = () => aStandbySample(),
) {
  const clock = new FakeClock();
  const asked: { key: string; at: number }[] = [];
  const forgotten: string[] = [];
  const results: string[] = [];
  const open = new Map<string, (answer: Answer) => void>();
  const members = new Map(
    names.map((name) => [name, { connUrl: name, settings: null, condition: 'x' }]),
  );
  const schedule = new ProbeSchedule({
    clock,
    probe: {
      sample: ({ key }) => {
        asked.push({ key, at: clock.now() });
        const now = answer(key);
        return now ? Promise.resolve(now) : new Promise((resolve) => open.set(key, resolve));
      },
      forget: (key) => forgotten.push(key),
      close: () => {},
    },
    attendedMs: 1000,
    urgentMs: 250,
    idleMs: 5000,
    members: () => members,
    onResult: (_, member) => results.push(member),
  });
  schedule.update('c');
  const count = (key: string) => asked.filter((one) => one.key === key).length;
  return { clock, schedule, asked, count, forgotten, results, members, open };
}

const attention = (attended: string[], urgent: string[] = []) => ({
  attended: new Set(attended),
  urgent: new Set(urgent),
});
const failure: ProbeFailure = { at: 0, code: 'unreachable', says: 'x' };

describe('a member is asked', () => {
  test('soon, then slowly, then often once somebody looks, and oftener while something is done', async () => {
    const { clock, schedule, count } = start();
    await clock.pass(500);
    expect(count('c/a')).toBe(1);
    await clock.pass(30_000);
    expect(count('c/a')).toBeGreaterThanOrEqual(6);
    expect(count('c/a')).toBeLessThanOrEqual(8);
    const slow = count('c/a');
    schedule.attend(attention(['c']));
    await clock.pass(60);
    expect(count('c/a')).toBe(slow + 1);
    await clock.pass(10_000);
    expect(count('c/a') - slow).toBeGreaterThanOrEqual(9);
    expect(count('c/a') - slow).toBeLessThanOrEqual(13);
    const often = count('c/a');
    schedule.attend(attention(['c'], ['c']));
    await clock.pass(5000);
    expect(count('c/a') - often).toBeGreaterThanOrEqual(19);
  });

  test('though another one hangs', async () => {
    const { clock, schedule, count } = start(['a', 'hung'], (key) =>
      key === 'c/hung' ? null : aStandbySample(),
    );
    schedule.attend(attention(['c']));
    await clock.pass(10_000);
    expect(count('c/hung')).toBe(1);
    expect(count('c/a')).toBeGreaterThanOrEqual(9);
  });

  test('more and more rarely while it fails, and at once when its condition changes', async () => {
    const { clock, schedule, count, members } = start(['a'], () => failure);
    schedule.attend(attention(['c']));
    await clock.pass(120_000);
    expect(count('c/a')).toBeLessThan(12);
    const before = count('c/a');
    members.set('a', { connUrl: 'a', settings: null, condition: 'primary running' });
    schedule.update('c');
    await clock.pass(100);
    expect(count('c/a')).toBe(before + 1);
  });
});

test('a member that goes is asked no more, and its connection ends even if it was just opening', async () => {
  const { clock, schedule, count, members, forgotten, open, results } = start(['a'], () => null);
  await clock.pass(1000);
  members.delete('a');
  schedule.update('c');
  expect(forgotten).toEqual(['c/a']);
  open.get('c/a')?.(aStandbySample());
  await clock.pass(30_000);
  expect(forgotten).toEqual(['c/a', 'c/a']);
  expect(count('c/a')).toBe(1);
  expect(results).toEqual([]);
  expect(clock.pending).toBe(0);
});
