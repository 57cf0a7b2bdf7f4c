import { headlineOf, healthOf } from '../diagnosis/diagnose';
import type { Problem } from '../diagnosis/problem';
import type { ClusterId } from '../topology/cluster-id';
import type { ClusterView, LagView, MemberView } from '../topology/view';

/**
 * The structure of a cluster is its view without the figures that move by the second: those are
 * kept as lag. It is kept in parts, by name, so that a change costs no more than what has changed.
 * A part is plain JSON; null: there is no such part any more.
 */
export type PartChanges = Readonly<Record<string, unknown>>;

/** One change of a structure, as it is kept. */
export interface StructureChange {
  readonly record: 'structure';
  readonly seq: number;
  /** When Howdah saw it. */
  readonly at: number;
  readonly cluster: ClusterId;
  /** Of the process that saw it: each has a chain of its own. */
  readonly run: number;
  /** `seq` of the change that this one builds on; null: it is whole. */
  readonly after: number | null;
  /** The first that a process has seen of the cluster: what is known of it before is another's. */
  readonly first: boolean;
  /** Null: the cluster is gone. */
  readonly parts: PartChanges | null;
}

const MEMBER = 'member ';

interface Part {
  readonly value: unknown;
  /** Two values with one text are the same to who reads them back. */
  readonly text: string;
}

/** Follows the structure of one cluster, and tells what of it has changed. */
export class StructureFollower {
  #parts: ReadonlyMap<string, Part> = new Map();
  #history: { readonly of: ClusterView['history']; readonly part: Part } | null = null;

  /** What differs from what was taken last; null: nothing does. */
  take(view: ClusterView): PartChanges | null {
    const before = this.#parts;
    this.#parts = this.#partsOf(view);
    const changes: Record<string, unknown> = {};
    let changed = false;
    for (const [name, part] of this.#parts) {
      if (before.get(name)?.text === part.text) continue;
      changes[name] = part.value;
      changed = true;
    }
    for (const name of before.keys()) {
      if (this.#parts.has(name)) continue;
      changes[name] = null;
      changed = true;
    }
    return changed ? changes : null;
  }

  /** All of what was taken last. */
  get whole(): PartChanges {
    return Object.fromEntries([...this.#parts].map(([name, { value }]) => [name, value]));
  }

  #partsOf(view: ClusterView): ReadonlyMap<string, Part> {
    const { history, problems, members, health: _, headline: __, ...rest } = view;
    // It is the same object until it changes, and may be long.
    if (this.#history?.of !== history) this.#history = { of: history, part: partOf(history) };
    return new Map([
      ['cluster', partOf({ ...rest, order: members.map(({ name }) => name) })],
      ['history', this.#history.part],
      ['problems', { value: problems, text: problems.map(problemText).join('\n') }],
      ...members.map((member): [string, Part] => [
        `${MEMBER}${member.name}`,
        partOf(withoutFigures(member)),
      ]),
    ]);
  }
}

const partOf = (value: unknown): Part => ({ value, text: JSON.stringify(value) });

/** A problem's sentence may hold a figure. What it said when it was raised, or changed, is kept. */
function problemText({ code, severity, member, since, says }: Problem): string {
  const words = says.replaceAll(/[\d.,]+( ?(bytes?|[kMGTP]B|ms|s|min|h|days?)\b)?/g, '#');
  return [code, severity, member, since, words].join('\t');
}

const noFigures: Omit<LagView, 'quality'> = {
  sentBytes: null,
  writeBytes: null,
  flushBytes: null,
  replayBytes: null,
  replayMs: null,
  atLeast: false,
  sampledAt: null,
};

/** A leader that rests for some seconds makes "fresh" "idle": that is a figure too. */
function withoutFigures(member: MemberView): MemberView {
  const quality = member.lag?.quality === 'idle' ? 'fresh' : member.lag?.quality;
  return {
    ...member,
    lsn: null,
    lag: quality === undefined ? null : { ...noFigures, quality },
    slots: member.slots.map((slot) => ({ ...slot, retainedBytes: null })),
  };
}

/** A structure that is read back, change by change. */
export class StructureReader {
  #parts: Map<string, unknown> | null = null;
  #last: number | null = null;
  #run: number | null = null;
  #known = false;
  #gone = false;

  /**
   * @returns false for a change whose predecessor is missing: nothing is known until a whole one.
   * Where two processes have recorded at once, the one that began last is followed.
   */
  apply({ seq, run, after, parts }: Omit<StructureChange, 'record' | 'at' | 'cluster' | 'first'>) {
    const followed = this.#run;
    // Of one that began before the one that is followed nothing is taken, but what it sees return.
    if (followed !== null && run < followed && !this.#gone) return this.#known;
    if (after === null) this.#parts = new Map();
    else if (run !== followed || after !== this.#last) this.#parts = null;
    this.#last = seq;
    this.#run = run;
    this.#gone = parts === null;
    if (parts === null) this.#parts = null;
    this.#known = this.#parts !== null || this.#gone;
    if (parts === null || this.#parts === null) return this.#known;
    for (const [name, value] of Object.entries(parts)) {
      if (value === null) this.#parts.delete(name);
      else this.#parts.set(name, value);
    }
    return true;
  }

  /** As it was after what was applied; null: not known, or there was no such cluster. */
  get view(): ClusterView | null {
    return this.#parts && viewOf(this.#parts);
  }
}

type ClusterPart = Omit<ClusterView, 'history' | 'problems' | 'members' | 'health' | 'headline'> & {
  readonly order: readonly string[];
};

function viewOf(parts: ReadonlyMap<string, unknown>): ClusterView | null {
  const cluster = parts.get('cluster') as ClusterPart | undefined;
  if (cluster === undefined) return null;
  const { order, ...rest } = cluster;
  const problems = (parts.get('problems') ?? []) as readonly Problem[];
  const undiagnosed = {
    ...rest,
    history: (parts.get('history') ?? []) as ClusterView['history'],
    members: order.flatMap((name) => {
      const member = parts.get(`${MEMBER}${name}`) as MemberView | undefined;
      return member ? [member] : [];
    }),
  };
  return {
    ...undiagnosed,
    problems,
    health: healthOf(problems),
    headline: headlineOf(undiagnosed, problems),
  };
}
