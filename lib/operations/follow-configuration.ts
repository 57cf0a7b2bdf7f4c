import type { ClusterView } from '../topology/view';
import { listed } from './plan';
import { end, isUndecided, mark, type Run, seen, waiting } from './run';

/** It has been written, as this version. */
export function written(
  run: Run,
  at: { readonly version: number; readonly zxid: string; readonly now: number },
): Run {
  const { version, zxid, now } = at;
  const marked = mark(run, 'requested', now, `Written to ZooKeeper as version ${version}`);
  const view = marked.view.outcome ? marked.view : { ...marked.view, state: 'observing' as const };
  return waiting({ ...marked, written: { version, zxid }, view }, 'the members to take it up', now);
}

/** Follows a pause or its end: each member says in its own znode that it knows. */
export function followPause(run: Run, cluster: ClusterView, now: number): Run {
  if (!isUndecided(run) || seen(run, 'requested') === null) return run;
  const paused = run.view.kind === 'pause';
  const present = cluster.members.filter(({ presence }) => presence.is === 'present');
  const all = present.every(({ patroniPaused }) => patroniPaused === paused);
  if (cluster.mode.paused !== paused || !all) return run;
  const says = paused
    ? `${cluster.name} is paused: a failure is not failed over until it is resumed.`
    : `${cluster.name} is resumed: failures are failed over again.`;
  return end(mark(run, 'taken', now), { code: 'done', says, at: now });
}

/** Who of those that are there has taken a pause or its end up. */
export function tookPauseUp(run: Run, cluster: ClusterView): readonly TakenUp[] {
  const paused = run.view.kind === 'pause';
  // Somebody has written another configuration since.
  if (cluster.mode.paused !== paused) return [];
  return cluster.members
    .filter(({ presence }) => presence.is === 'present')
    .map(({ name, patroniPaused }) => ({
      member: name,
      state: patroniPaused === paused ? 'runs' : 'differs',
    }));
}

/** What is known of a member and a configuration: by its own settings. */
export interface TakenUp {
  readonly member: string;
  readonly state: 'runs' | 'pending-restart' | 'differs' | 'unknown';
}

/** What the members say they run, asked after it was written. */
export function takenUp(run: Run, members: readonly TakenUp[], now: number): Run {
  if (!isUndecided(run) || seen(run, 'requested') === null) return run;
  const settled = members.every(({ state }) => state === 'runs' || state === 'pending-restart');
  if (!settled || members.length === 0) return run;
  const pending = members.filter(({ state }) => state === 'pending-restart');
  const restart =
    pending.length === 0
      ? 'every member runs it'
      : `${listed(pending.map(({ member }) => member))} must be restarted for some of it`;
  const says = `Written as version ${run.written?.version}; ${restart}.`;
  return end(mark(run, 'taken', now), { code: 'done', says, at: now });
}

/** The bound has passed. That it was written is sure; who has taken it up is said as far as known. */
export function configurationOverdue(run: Run, members: readonly TakenUp[], now: number): Run {
  if (run.written == null) {
    const says = 'Whether it was written is not known: look at the configuration as it is now.';
    return end(run, { code: 'unknown', says, at: now });
  }
  const of = (wanted: TakenUp['state']) =>
    members.filter(({ state }) => state === wanted).map(({ member }) => member);
  const [differs, unknown] = [of('differs'), of('unknown')];
  const parts = [
    differs.length > 0 ? `${listed(differs)} did not take it up in time` : '',
    unknown.length > 0 ? `whether ${listed(unknown)} runs it is not known` : '',
  ].filter((part) => part !== '');
  const rest = parts.length > 0 ? parts.join('; ') : 'who has taken it up is not known';
  const says = `Written as version ${run.written.version}; ${rest}.`;
  return end(run, { code: 'done', says, at: now });
}
