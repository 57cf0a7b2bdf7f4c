import type { ClusterView } from '../topology/view';
import { listed } from './plan';
import { end, endAs, isUndecided, mark, type Run, seen, waiting } from './run';

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

/** The bound has passed: only what the configuration still says, and every member knows, is done. */
export function pauseOverdue(run: Run, cluster: ClusterView | null, now: number): Run {
  const version = run.written?.version;
  if (version === undefined) return notFoundOut(run, now);
  if (cluster === null || cluster.mode.replication === 'unknown') {
    const says = `Written as version ${version}; who has taken it up is not known.`;
    return end(run, { code: 'unknown', says, at: now });
  }
  const paused = run.view.kind === 'pause';
  if (cluster.mode.paused !== paused) {
    const is = paused ? 'is not paused' : 'is paused';
    const says = `Written as version ${version}, and overwritten since: ${cluster.name} ${is} now.`;
    return end(run, { code: 'failed', says, at: now });
  }
  const late = cluster.members
    .filter(({ presence, patroniPaused }) => presence.is === 'present' && patroniPaused !== paused)
    .map(({ name }) => name);
  const says = `Written as version ${version}; ${listed(late)} did not take it up in time.`;
  return late.length === 0 ? followPause(run, cluster, now) : endAs(run, ['unknown', says], now);
}

/** What is known of a member and a configuration: by its own settings. */
export interface TakenUp {
  readonly member: string;
  /** `reads`: what is Patroni's own, it reads within a loop, and nobody tells whether it has. */
  readonly state: 'runs' | 'reads' | 'pending-restart' | 'differs' | 'unknown';
}

/** What the members say they run, asked after it was written. */
export function takenUp(
  run: Run,
  members: readonly TakenUp[],
  { now, loopMs }: { readonly now: number; readonly loopMs: number },
): Run {
  const writtenAt = seen(run, 'requested');
  if (!isUndecided(run) || writtenAt === null) return run;
  const of = (wanted: TakenUp['state']) => membersOf(members, wanted);
  const settled = of('differs').length === 0 && of('unknown').length === 0;
  const reads = of('reads').length > 0;
  if (!settled || members.length === 0 || (reads && now < writtenAt + loopMs)) return run;
  const pending = of('pending-restart');
  const parts = [
    pending.length === 0 ? '' : `${listed(pending)} must be restarted for some of it`,
    reads ? 'every Patroni reads it within a loop, and one has passed' : '',
  ].filter((part) => part !== '');
  const rest = parts.length === 0 ? 'every member runs it' : parts.join('; ');
  const says = `Written as version ${run.written?.version}; ${rest}.`;
  const step = reads ? 'A loop has passed, in which every Patroni reads it' : undefined;
  return end(mark(run, 'taken', now, step), { code: 'done', says, at: now });
}

const membersOf = (members: readonly TakenUp[], wanted: TakenUp['state']): readonly string[] =>
  members.filter(({ state }) => state === wanted).map(({ member }) => member);

/**
 * The bound has passed. That it was written is sure; whoever is known not to have taken it up makes
 * it a failure, and who doesn't tell is named.
 */
export function configurationOverdue(run: Run, members: readonly TakenUp[], now: number): Run {
  if (run.written == null) return notFoundOut(run, now);
  const [differs, unknown] = [membersOf(members, 'differs'), membersOf(members, 'unknown')];
  const parts = [
    differs.length > 0 ? `${listed(differs)} did not take it up in time` : '',
    unknown.length > 0 ? `whether ${listed(unknown)} runs it is not known` : '',
  ].filter((part) => part !== '');
  const rest = parts.length > 0 ? parts.join('; ') : 'who has taken it up is not known';
  const says = `Written as version ${run.written.version}; ${rest}.`;
  return end(run, { code: differs.length > 0 ? 'failed' : 'done', says, at: now });
}

/** Another that sets something of it anew has been written before all had taken it up. */
export function overwritten(run: Run, now: number): Run {
  const says = `Written as version ${run.written?.version}; another that changes some of it again has been written over it since, so who took it up can't be told.`;
  return endAs(run, ['unknown', says], now);
}

function notFoundOut(run: Run, now: number): Run {
  const says = 'Whether it was written is not known: look at the configuration as it is now.';
  return endAs(run, ['unknown', says], now);
}
