import { expect, test } from 'vitest';
import type { ServerView } from '../stream/frames';
import { type EnsembleSeen, ensembleChanges } from './ensemble-changes';

const servers = (...modes: ServerView['mode'][]) =>
  modes.map((mode, n) => ({ address: `zk${n + 1}:2181`, mode }));
const seen = (part: Partial<EnsembleSeen> = {}): EnsembleSeen => ({
  ...{ name: 'main', state: 'connected', says: null, session: '1a' },
  servers: servers('leader', 'follower', 'follower'),
  ...part,
});
const told = (before: EnsembleSeen | null, after: EnsembleSeen) =>
  ensembleChanges(before, after).map(({ code, says }) => `${code}: ${says}`);

test('a connection that is lost and comes back is told, and whether the session lived on', () => {
  const lost = seen({ state: 'disconnected', says: 'None of its servers answers.' });
  expect(told(seen(), lost)).toEqual([
    'ensemble-lost: Howdah lost ZooKeeper main: None of its servers answers',
  ]);
  expect(told(lost, seen())).toEqual([
    'ensemble-back: Howdah is connected to ZooKeeper main again',
  ]);
  expect(told(lost, seen({ session: '1b' }))).toEqual([
    'session-renewed: Howdah has a new session on ZooKeeper main: the last one (1a) ended',
  ]);
});

test('a server that goes, and another that leads, are told', () => {
  const after = seen({ servers: servers('down', 'leader', 'follower') });
  expect(told(seen(), after)).toEqual([
    'quorum-leader: zk2:2181 leads ZooKeeper main now',
    'server-down: zk1:2181 of ZooKeeper main does not answer',
  ]);
  expect(told(after, seen({ servers: servers('follower', 'leader', 'follower') }))).toEqual([
    'server-up: zk1:2181 of ZooKeeper main answers again',
  ]);
});

test('a quorum that is lost is told once', () => {
  const without = seen({ servers: servers('down', 'down', 'not-serving') });
  expect(told(seen({ servers: servers('down', 'leader', 'follower') }), without)[0]).toBe(
    'quorum-lost: None of the servers of ZooKeeper main leads any more',
  );
  expect(told(without, without)).toEqual([]);
});

test('what is seen for the first time, or not known, is no change', () => {
  expect(told(null, seen())).toEqual([]);
  expect(told(seen({ servers: servers('unknown', 'unknown') }), seen())).toEqual([]);
  expect(told(seen({ state: 'connecting', session: null }), seen())).toEqual([]);
});
