import { describe, expect, test } from 'vitest';
import { aCluster } from '../topology/sample-cluster';
import { observed } from './follow';
import { settlesAt } from './follow-leadership';
import { requested, requesting } from './run';
import { aRequest, aRun, ledBy } from './sample-run';

const HOUR = 3_600_000;
const due = (at: number) =>
  aCluster({ request: aRequest({ scheduledAt: new Date(at).toISOString() }) });
/** Taken back at 1200. */
const cancelled = (at: number) => {
  const run = aRun(
    { kind: 'cancel-switchover' },
    { seen: { requestVersion: 7 }, cluster: due(at) },
  );
  return requested(requesting(run, 1100), 'taken out', 1200);
};

describe('a schedule that is taken back', () => {
  test('long before its moment is over once that lasts', () => {
    const run = observed(cancelled(HOUR), aCluster(), 2000);
    expect(settlesAt(run)).toBe(4000);
    expect(observed(run, aCluster(), 4000).view.outcome?.code).toBe('done');
  });

  test('within Patroni’s last loop before it is not known to be until that has passed', () => {
    const run = observed(cancelled(9000), aCluster(), 2000);
    expect(settlesAt(run)).toBe(19_000);
    const waits = observed(run, aCluster(), 9500);
    expect(waits.view).toMatchObject({ outcome: null, waiting: { says: expect.any(String) } });
    expect(waits.view.waiting?.says).toContain('moment to pass');
    expect(observed(waits, aCluster(), 19_000).view.outcome?.code).toBe('done');
  });

  test('and is carried out all the same has failed', () => {
    const waits = observed(observed(cancelled(9000), aCluster(), 2000), aCluster(), 5000);
    const { outcome } = observed(waits, ledBy('pg-b'), 9900).view;
    expect(outcome?.code).toBe('failed');
    expect(outcome?.says).toContain('carried out all the same');
    // Before its moment it was something else.
    expect(observed(waits, ledBy('pg-b'), 6000).view.outcome?.says).toContain('moved meanwhile');
  });
});
