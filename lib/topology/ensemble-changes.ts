import type { EnsembleView, ServerView } from '../stream/frames';
import type { Change } from './changes';

/** What of an ensemble is compared. `session`: of the one that leadership is watched over. */
export interface EnsembleSeen extends Pick<EnsembleView, 'name' | 'state' | 'says' | 'servers'> {
  readonly session: string | null;
}

const change = (code: Change['code'], says: string): Change => ({ code, member: null, says });

/** What happened to an ensemble, as Howdah's sessions and its servers tell it. */
export function ensembleChanges(before: EnsembleSeen | null, after: EnsembleSeen): Change[] {
  if (before === null) return [];
  return [
    ...connectionChanges(before, after),
    ...quorumChanges(before, after),
    ...serverChanges(before, after),
  ];
}

function connectionChanges(before: EnsembleSeen, after: EnsembleSeen): Change[] {
  const { name } = after;
  const [was, is] = [before.state === 'connected', after.state === 'connected'];
  if (was && !is) {
    const why = after.says === null ? '' : `: ${after.says.replace(/\.$/, '')}`;
    return [change('ensemble-lost', `Howdah lost ZooKeeper ${name}${why}`)];
  }
  const { session } = before;
  const expired = is && session !== null && after.session !== null && after.session !== session;
  if (expired) {
    const says = `Howdah has a new session on ZooKeeper ${name}: the last one (${session}) ended`;
    return [change('session-renewed', says)];
  }
  return is && (before.state === 'disconnected' || before.state === 'unreachable')
    ? [change('ensemble-back', `Howdah is connected to ZooKeeper ${name} again`)]
    : [];
}

const leaderOf = (servers: readonly ServerView[]) =>
  servers.find(({ mode }) => mode === 'leader' || mode === 'standalone')?.address ?? null;

/** Told only where every server has said what it is: what is not known is no change. */
const isTold = (servers: readonly ServerView[]) =>
  servers.length > 0 && servers.every(({ mode }) => mode !== 'unknown');

function quorumChanges(before: EnsembleSeen, after: EnsembleSeen): Change[] {
  if (!isTold(before.servers) || !isTold(after.servers)) return [];
  const [was, is] = [leaderOf(before.servers), leaderOf(after.servers)];
  if (was === is) return [];
  if (is === null) {
    return [change('quorum-lost', `None of the servers of ZooKeeper ${after.name} leads any more`)];
  }
  return [change('quorum-leader', `${is} leads ZooKeeper ${after.name} now`)];
}

function serverChanges(before: EnsembleSeen, after: EnsembleSeen): Change[] {
  const modes = new Map(before.servers.map(({ address, mode }) => [address, mode]));
  return after.servers.flatMap(({ address, mode }) => {
    const was = modes.get(address);
    if (was === undefined || was === 'unknown' || mode === 'unknown') return [];
    if ((was === 'down') === (mode === 'down')) return [];
    const of = `of ZooKeeper ${after.name}`;
    return mode === 'down'
      ? [change('server-down', `${address} ${of} does not answer`)]
      : [change('server-up', `${address} ${of} answers again`)];
  });
}
