import type { State } from '@/components/ui/state-icon';
import type { EnsembleView, ServerView } from '@/lib/stream/frames';

export const serverWords: Record<ServerView['mode'], { state: State; word: string }> = {
  leader: { state: 'good', word: 'leader' },
  follower: { state: 'good', word: 'follower' },
  standalone: { state: 'good', word: 'standalone' },
  observer: { state: 'good', word: 'observer' },
  'not-serving': { state: 'critical', word: 'not serving' },
  down: { state: 'critical', word: 'down' },
  unknown: { state: 'unknown', word: 'unknown' },
};

export interface Verdict {
  readonly state: State;
  readonly says: string;
  readonly serving: number;
  readonly total: number;
}

/** One look at an ensemble: can it be reached, does it have a quorum, is any server missing. */
export function judge(ensemble: EnsembleView): Verdict {
  const total = ensemble.servers.length;
  const serving = ensemble.servers.filter((s) => serverWords[s.mode].state === 'good').length;
  const count = { serving, total };
  switch (ensemble.state) {
    case 'unreachable':
      return { state: 'critical', says: "can't be reached", ...count };
    case 'disconnected':
      return { state: 'critical', says: 'disconnected', ...count };
    case 'connecting':
      return { state: 'unknown', says: 'connecting', ...count };
    case 'connected':
      break;
  }
  const led = ensemble.servers.some((s) => s.mode === 'leader' || s.mode === 'standalone');
  const unknown = ensemble.servers.every((s) => s.mode === 'unknown');
  const says = `${serving} of ${total} ${total === 1 ? 'server' : 'servers'} serving`;
  if (unknown) return { state: 'good', says: 'connected, servers not asked', ...count };
  if (!led) return { state: 'critical', says: `${says}, no quorum seen`, ...count };
  if (serving < total) return { state: 'attention', says: `${says}, quorum held`, ...count };
  return { state: 'good', says: total === 1 ? says : `${says}, quorum held`, ...count };
}
