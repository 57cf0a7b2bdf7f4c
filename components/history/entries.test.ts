import { expect, test } from 'vitest';
import type { EventsPage, Gap } from '@/lib/history/history';
import type { ClusterEvent } from '@/lib/topology/event';
import { entriesOf } from './entries';

const event = (at: number): ClusterEvent => ({
  ...{ seq: at * 1000, at, cluster: 'a', code: 'leader-lost', member: null },
  says: `at ${at}`,
});
const page = (ats: number[], gaps: Gap[] = [], more = false): EventsPage => ({
  events: ats.map(event),
  gaps,
  more,
});
const told = (pages: EventsPage[]) =>
  entriesOf(pages).map((entry) =>
    entry.is === 'event' ? entry.event.at : `until ${entry.gap.until}`,
  );

test('a gap stands where its end belongs, once though two pages tell of it', () => {
  const gap = { from: 25, until: 35, lost: 3 };
  expect(told([page([50, 40], [gap], true), page([20, 10], [gap])])).toEqual([
    50,
    40,
    'until 35',
    20,
    10,
  ]);
});

test('a gap before the oldest event shown waits for the page it belongs to', () => {
  const gap = { from: 1, until: 5, lost: 3 };
  expect(told([page([50, 40], [gap], true)])).toEqual([50, 40]);
  expect(told([page([50, 40], [gap], true), page([20])])).toEqual([50, 40, 20, 'until 5']);
  expect(told([page([], [gap])])).toEqual(['until 5']);
});
