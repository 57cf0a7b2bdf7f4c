import type { ClusterView, MemberView } from '../topology/view';
import type { SeenState, StepCode } from './types';
import type { OperationKind, Wish } from './wish';

/** One member of a run that asks several, one after the other. */
export interface Target {
  readonly member: string;
  /**
   * waiting -> asking (stored before anything is sent) -> asked -> done, failed or unknown.
   * `skipped`: it was never asked.
   */
  readonly state: 'waiting' | 'asking' | 'asked' | 'done' | 'failed' | 'unknown' | 'skipped';
  /** It leads: it is asked last. */
  readonly leads: boolean;
  /** When its PostgreSQL had started, or read its configuration, before that; null: not known. */
  readonly before: number | null;
  /** It has been seen to be away since it was asked. */
  readonly wasAway: boolean;
  /** When it was asked, and until when at most it is waited for. */
  readonly askedAt: number | null;
  readonly until: number | null;
  /** What Patroni answered; null: nothing, or not yet. */
  readonly answer: { readonly status: number; readonly text: string; readonly at: number } | null;
}

interface Plan {
  readonly title: string;
  readonly from: string | null;
  readonly to: string | null;
  readonly steps: readonly (readonly [StepCode, string])[];
  readonly targets: readonly Target[];
}

const RECORDED: readonly [StepCode, string] = ['recorded', 'The intent is recorded in ZooKeeper'];
const RECHECKED: readonly [StepCode, string] = ['rechecked', 'All is still as it was seen'];
const REQUESTED: readonly [StepCode, string] = ['requested', 'Patroni has been asked'];
const ACCEPTED: readonly [StepCode, string] = ['accepted', 'Patroni has answered'];

/** What a change of leadership goes through, in the order in which it is usually seen. */
export const leadershipSteps: readonly (readonly [StepCode, string])[] = [
  ['request-seen', 'The request stands in ZooKeeper'],
  ['leader-released', 'The old leader has given the leadership up'],
  ['leader-acquired', 'A member has taken the leadership'],
  ['promoted', 'The new leader is primary'],
  ['timeline-advanced', 'The timeline has advanced'],
  ['request-cleared', 'The request is cleared'],
];
export const OLD_LEADER_BACK: readonly [StepCode, string] = [
  'old-leader-back',
  'The old leader is back as a standby',
];

/** Whom a wish names. */
export function membersOf(wish: MemberWish): readonly string[] {
  if ('members' in wish) return wish.members;
  return wish.member === null ? [] : [wish.member];
}

/** What a run of this wish is made of. */
export function planOf(wish: Wish, seen: SeenState, cluster: ClusterView): Plan {
  const start = [RECORDED, RECHECKED, REQUESTED];
  const plain = { from: null, to: null, targets: [] };
  const leader = seen.leader;
  switch (wish.kind) {
    case 'switchover': {
      const whom = wish.candidate ?? 'the best candidate';
      if (wish.at !== null) {
        const scheduled: readonly [StepCode, string] = [
          'scheduled',
          'The schedule stands in ZooKeeper',
        ];
        const title = `Scheduling of a switchover from ${leader} to ${whom}`;
        return { ...plain, title, steps: [...start, scheduled, ACCEPTED] };
      }
      const title = `Switchover from ${leader} to ${whom}`;
      const steps = [...start, ...leadershipSteps, ACCEPTED, OLD_LEADER_BACK];
      return { ...plain, title, from: leader, to: wish.candidate, steps };
    }
    case 'failover': {
      const from = leader === null ? '' : ` from ${leader}`;
      const title = `Failover${from} to ${wish.candidate}`;
      const back = leader === null ? [] : [OLD_LEADER_BACK];
      const steps = leadershipSteps.filter(
        ([code]) => leader !== null || code !== 'leader-released',
      );
      return {
        ...{ ...plain, title, from: leader, to: wish.candidate },
        steps: [...start, ...steps, ACCEPTED, ...back],
      };
    }
    case 'cancel-switchover': {
      const steps = [
        ...[RECORDED, RECHECKED],
        written('The request has been taken out of ZooKeeper'),
        ['request-cleared', 'No request stands in ZooKeeper'] as const,
      ];
      return { ...plain, title: 'Cancellation of the scheduled switchover', steps };
    }
    case 'restart':
    case 'reload':
    case 'reinitialise':
    case 'cancel-restart':
      return { ...plain, ...memberPlan(wish, cluster) };
    case 'pause':
    case 'resume': {
      const title = wish.kind === 'pause' ? 'Pause' : 'Resume';
      const steps = [
        ...[RECORDED, RECHECKED],
        written('The configuration has been written'),
        ['taken', 'Every member has taken it up'] as const,
      ];
      return { ...plain, title, steps };
    }
    case 'configuration': {
      const steps = [
        ...[RECORDED, RECHECKED],
        written('The configuration has been written'),
        ['taken', 'Every member runs it, or is marked for a restart'] as const,
      ];
      const title =
        wish.seq === null
          ? 'Change of the configuration'
          : 'Restoration of an earlier configuration';
      return { ...plain, title, steps };
    }
    case 'removal': {
      const steps = [RECORDED, RECHECKED, ['requested', 'It is being removed'] as const];
      const gone = ['removed', 'Nothing of it is left in ZooKeeper'] as const;
      return { ...plain, title: `Removal of ${cluster.name}`, steps: [...steps, gone] };
    }
  }
}

const written = (says: string) => ['requested', says] as const;

type MemberWish = Extract<Wish, { kind: 'restart' | 'reload' | 'reinitialise' | 'cancel-restart' }>;

const memberWords: Readonly<Record<MemberWish['kind'], readonly [string, string, string]>> = {
  restart: ['Restart of', 'is asked to restart PostgreSQL', 'has restarted'],
  reload: ['Reload of', 'is asked to reload', 'has read its configuration again'],
  reinitialise: ['Reinitialisation of', 'is asked to reinitialise', 'has a new copy and streams'],
  'cancel-restart': [
    'Cancellation of the scheduled restart of',
    'is asked to forget it',
    'has forgotten it',
  ],
};

function memberPlan(
  wish: MemberWish,
  cluster: ClusterView,
): Pick<Plan, 'title' | 'steps' | 'targets'> {
  const names = membersOf(wish);
  const leader = cluster.leader?.name ?? null;
  // Standbys first: what goes wrong goes wrong where it interrupts nobody.
  const ordered = names.toSorted((a, b) => Number(a === leader) - Number(b === leader));
  const scheduled = wish.kind === 'restart' && wish.at !== null;
  const [what, asked, done] = scheduled
    ? ['Scheduling of a restart of', 'is asked to restart PostgreSQL then', 'has the schedule']
    : memberWords[wish.kind];
  const targets = ordered.map((member): Target => {
    return {
      ...{ member, state: 'waiting', leads: member === leader, before: null },
      ...{ wasAway: false, askedAt: null, until: null, answer: null },
    };
  });
  const steps = targets.flatMap(({ member }) => [
    [askedStep(member), `${member} ${asked}`] as const,
    [doneStep(member), `${member} ${done}`] as const,
  ]);
  return { title: `${what} ${listed(ordered)}`, steps: [RECORDED, RECHECKED, ...steps], targets };
}

export const askedStep = (member: string): StepCode => `asked ${member}`;
export const doneStep = (member: string): StepCode => `done ${member}`;

/** The moment by which is seen that a member has done what it was asked. */
export function sinceOf(kind: OperationKind, member: MemberView | undefined): number | null {
  return (kind === 'reload' ? member?.configLoadedAt : member?.startedAt) ?? null;
}

/** "a", "a and b", "a, b and 3 more". */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? 'nobody';
  if (names.length <= 3) return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
  return `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
}

/** For a shutdown's checkpoint and archiving, a race and a promotion. */
const PATIENCE_MS = 300_000;
/** A copy of a database takes as long as it takes: so long it is followed. */
const COPY_MS = 6 * 3_600_000;

/** Patroni's loop, milliseconds; what it ships with where the configuration can't be read. */
export const loopMsOf = ({ config }: ClusterView): number =>
  (config.is === 'ok' ? config.value.loopWait : 10) * 1000;

/** How long a run of this is followed until its outcome is called unknown, milliseconds. */
export function patienceOf(wish: Wish, view: ClusterView): number {
  const config = view.config.is === 'ok' ? view.config.value : { loopWait: 10, ttl: 30 };
  const slow = Math.max(PATIENCE_MS, (config.ttl + 2 * config.loopWait) * 2000);
  switch (wish.kind) {
    case 'restart':
    case 'reload':
      return slow * Math.max(1, wish.members.length);
    case 'reinitialise':
      return COPY_MS;
    case 'pause':
    case 'resume':
    case 'configuration':
      return takenUpMs(view);
    default:
      return slow;
  }
}

/** How long one member is waited for, milliseconds. */
export function targetPatienceOf(kind: OperationKind, view: ClusterView | null): number {
  if (kind === 'reinitialise') return COPY_MS;
  return kind === 'restart' ? PATIENCE_MS : view ? takenUpMs(view) : 60_000;
}

/** Within two loops every member that lives has seen a new configuration. */
export function takenUpMs(view: ClusterView): number {
  const loop = view.config.is === 'ok' ? view.config.value.loopWait : 10;
  return 2 * loop * 1000 + 20_000;
}
