import { describe, expect, test } from 'vitest';
import { aCluster, withMember } from '../topology/sample-cluster';
import { observed } from './follow';
import type { Run } from './run';
import { aRequest, ledBy } from './sample-run';
import { beginsToMove, unaskedRun, withWhy } from './unasked';

const nobody = aCluster({ leader: null, leaderlessSince: 900 });
const automatic = (now = nobody): Run =>
  unaskedRun(aCluster(), now, { id: 'x', at: 1000, cause: 'automatic' });

describe('a leadership that moves', () => {
  test('is one that is lost, or another’s, or the same one’s anew', () => {
    expect(beginsToMove(aCluster(), nobody)).toBe(true);
    expect(beginsToMove(aCluster(), ledBy('pg-b'))).toBe(true);
    expect(beginsToMove(aCluster(), ledBy('pg-a'))).toBe(true);
    expect(beginsToMove(aCluster(), aCluster())).toBe(false);
  });

  test('begins with a request to move it, but not with a schedule', () => {
    expect(beginsToMove(aCluster(), aCluster({ request: aRequest() }))).toBe(true);
    const later = aRequest({ scheduledAt: '2026-11-26T03:00:00Z' });
    expect(beginsToMove(aCluster(), aCluster({ request: later }))).toBe(false);
    const same = aCluster({ request: aRequest() });
    expect(beginsToMove(same, same)).toBe(false);
  });

  test('is none where nothing was seen to stand, or the leader can’t be read', () => {
    expect(beginsToMove(nobody, ledBy('pg-b'))).toBe(false);
    const path = '/service/orders/leader';
    const unreadable = [{ path, why: 'it is empty', preview: '', bytes: 0 }];
    expect(beginsToMove(aCluster(), aCluster({ leader: null, unreadable }))).toBe(false);
  });
});

describe('a run that nobody asked for', () => {
  test('goes from the loss of the old leader to the new one’s timeline', () => {
    let run = observed(automatic(), nobody, 1000);
    expect(run.view).toMatchObject({
      ...{ kind: 'failover', cause: 'automatic', from: 'pg-a', to: null, by: null },
      title: 'Automatic failover from pg-a',
    });
    expect(run.view.steps.map(({ code }) => code)).not.toContain('request-seen');
    run = observed(run, ledBy('pg-b'), 3000);
    expect(run.view.outcome).toMatchObject({ code: 'done', at: 3000 });
    expect(run.view.leaderlessMs).toBe(2100);
  });

  test('back to the same member is no failure: nobody had wanted anything else', () => {
    const run = observed(automatic(), ledBy('pg-a'), 3000);
    expect(run.view.outcome).toMatchObject({ code: 'done' });
    expect(run.view.outcome?.says).toContain('pg-a has taken the leadership anew');
  });

  test('is called by what somebody asked Patroni for', () => {
    const request = aRequest();
    const titled = (part: Partial<typeof request>) => {
      const now = aCluster({ request: { ...request, ...part } });
      return unaskedRun(aCluster(), now, { id: 'x', at: 1000, cause: 'request' }).view;
    };
    expect(titled({})).toMatchObject({
      ...{ kind: 'switchover', to: 'pg-b', title: 'Switchover from pg-a to pg-b' },
    });
    expect(titled({ leader: null }).title).toBe('Failover from pg-a to pg-b');
    expect(titled({ candidate: null }).title).toBe('Switchover from pg-a');
    expect(titled({ scheduledAt: '2026-11-26T03:00:00Z' }).title).toBe(
      'Scheduled switchover from pg-a to pg-b',
    );
  });

  test('says why the old leader lost it once that is seen, and keeps to it', () => {
    const lost = observed(automatic(), nobody, 1000);
    // That a member has left is debounced.
    expect(withWhy(lost, nobody).view.reason).toBe('');
    const gone = withMember(ledBy('pg-b'), 'pg-a', { presence: { is: 'missing', since: 2000 } });
    const after = withWhy(observed(lost, gone, 2100), gone);
    expect(after.view.reason).toContain('its session has ended');
    const back = withMember(ledBy('pg-b'), 'pg-a', { role: 'replica', state: 'running' });
    expect(withWhy(observed(after, back, 9000), back).view.reason).toContain('session has ended');
    const demoted = withMember(nobody, 'pg-a', { role: 'demoted' });
    expect(withWhy(lost, demoted).view.reason).toContain('has given the leadership up');
    // One that follows the next leader already is no sign of anything.
    expect(withWhy(observed(lost, back, 2100), back).view.reason).toBe('');
  });
});
