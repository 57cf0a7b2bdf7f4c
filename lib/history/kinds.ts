import { type EventCode, eventCodes } from '../topology/event';

/** What an event is about, as a person would look for it. */
export const kinds = [
  'leadership',
  'members',
  'problems',
  'configuration',
  'operations',
  'clusters',
  'zookeeper',
] as const;

export type Kind = (typeof kinds)[number];

const kindOfCode: Readonly<Record<EventCode, Kind>> = {
  'cluster-appeared': 'clusters',
  'cluster-gone': 'clusters',
  'leader-changed': 'leadership',
  'leader-lost': 'leadership',
  'writes-resumed': 'leadership',
  'timeline-changed': 'leadership',
  'member-joined': 'members',
  'member-missing': 'members',
  'member-returned': 'members',
  'state-changed': 'members',
  'role-changed': 'members',
  'sync-changed': 'configuration',
  'mode-changed': 'configuration',
  'config-changed': 'configuration',
  'request-set': 'operations',
  'request-cleared': 'operations',
  operation: 'operations',
  'problem-raised': 'problems',
  'problem-cleared': 'problems',
  'ensemble-lost': 'zookeeper',
  'ensemble-back': 'zookeeper',
  'session-renewed': 'zookeeper',
  'quorum-lost': 'zookeeper',
  'quorum-leader': 'zookeeper',
  'server-down': 'zookeeper',
  'server-up': 'zookeeper',
};

export function kindOf(code: EventCode): Kind {
  return kindOfCode[code];
}

export function codesOf(kind: Kind): EventCode[] {
  return eventCodes.filter((code) => kindOfCode[code] === kind);
}

/** Who said it. What Howdah judged, or did, is its own word. */
export type Source = 'zookeeper' | 'postgresql' | 'howdah';

const otherSources: Partial<Readonly<Record<EventCode, Source>>> = {
  'writes-resumed': 'postgresql',
  'timeline-changed': 'postgresql',
  'problem-raised': 'howdah',
  'problem-cleared': 'howdah',
  operation: 'howdah',
};

export function sourceOf(code: EventCode): Source {
  return otherSources[code] ?? 'zookeeper';
}
