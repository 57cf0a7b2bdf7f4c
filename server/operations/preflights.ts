import { Failure } from '@/lib/errors';
import {
  type Burden,
  type PreflightInput,
  preflight,
  type Reached,
  withRules,
} from '@/lib/operations/preflight';
import { lossWords } from '@/lib/operations/rules/loss';
import type { Turn } from '@/lib/operations/turn';
import type { OperationRequest, Preflight } from '@/lib/operations/types';
import type { OperationKind, Wish } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import { formatBytes } from '@/lib/units';
import type { Clock, PatroniPort, PatroniSettings } from '../ports';
import type { ConfigurationEdits } from './configuration-edits';

export interface PreflightsOptions {
  readonly clock: Clock;
  readonly patroni: Pick<PatroniPort, 'reach'>;
  readonly connected: (ensemble: string) => boolean;
  readonly maxSessionTimeoutMs: (ensemble: string) => number | null;
  /** What ZooKeeper has of positions in the WAL. */
  readonly positions: (id: ClusterId) => PreflightInput['positions'];
  readonly quorum: (ensemble: string) => PreflightInput['quorum'];
  readonly settings: (key: ClusterKey) => PatroniSettings;
  readonly edits: Pick<ConfigurationEdits, 'judge'>;
  /** What each member runs with; who doesn't answer is absent. */
  readonly memberSettings: (
    id: ClusterId,
  ) => Promise<ReadonlyMap<string, ReadonlyMap<string, string>>>;
  /** What the leader has to finish before it stops; null: not known. */
  readonly burden: (id: ClusterId, leader: string) => Promise<Burden | null>;
}

/** A dialog asks every second; two of them need not ask twice. */
const FRESH_MS = 1500;
const REACHES: ReadonlySet<OperationKind> = new Set([
  ...(['switchover', 'failover', 'restart', 'reload', 'reinitialise', 'cancel-restart'] as const),
]);

/** Gathers what a preflight rests on beside the view, and judges. */
export class Preflights {
  readonly #options: PreflightsOptions;
  readonly #reached = new Map<string, { readonly at: number; readonly is: Promise<Reached> }>();

  constructor(options: PreflightsOptions) {
    this.#options = options;
  }

  /** @param turn who has the cluster's turn now */
  async judge(wish: Wish, view: ClusterView, turn: Turn): Promise<Preflight> {
    const { clock, connected, maxSessionTimeoutMs, edits } = this.#options;
    const [reached, settings, burden] = await Promise.all([
      REACHES.has(wish.kind) ? this.#reachAll(view) : new Map<string, Reached>(),
      wish.kind === 'switchover' ? this.#options.memberSettings(view.id) : new Map(),
      view.leader && stopsTheLeader(wish, view.leader.name)
        ? this.#options.burden(view.id, view.leader.name)
        : null,
    ]);
    const { ensemble } = view.key;
    const judged = preflight(wish, {
      ...{ view, reached, settings, burden, ...turn },
      zookeeperConnected: connected(ensemble),
      maxSessionTimeoutMs: maxSessionTimeoutMs(ensemble),
      quorum: this.#options.quorum(ensemble),
      positions: this.#options.positions(view.id),
      now: clock.now(),
    });
    if (wish.kind !== 'configuration' || (wish.text === null && wish.seq === null)) return judged;
    const { rules, changes } = await edits.judge(wish, view);
    return { ...withRules(judged, rules), changes };
  }

  /** Throws `bad-input` or `refused` with the rule's own words. */
  assertAllowed({ wish, confirm, seen }: OperationRequest, judged: Preflight): void {
    const phrase = phraseFor(judged, seen.lossBytes);
    if (phrase !== null && confirm.trim() !== phrase) {
      const what = judged.danger === 'loses' ? `“${phrase}”` : `the cluster's name, ${phrase},`;
      throw new Failure('bad-input', `Type ${what} to confirm.`);
    }
    const refusal = judged.rules.find(({ verdict }) => verdict === 'refuse');
    if (refusal) throw new Failure('refused', `${refusal.says}.`);
    const { clusterName } = judged;
    if (wish.kind !== 'switchover' && wish.kind !== 'failover') return;
    if (wish.candidate === null) {
      const some = judged.members.some(({ verdict }) => verdict !== 'refuse');
      if (wish.kind === 'switchover' && some) return;
      throw new Failure('refused', `No member of ${clusterName} can take over.`);
    }
    const chosen = judged.members.find(({ name }) => name === wish.candidate);
    if (!chosen)
      throw new Failure('refused', `${wish.candidate} is not a standby of ${clusterName}.`);
    if (chosen.verdict === 'refuse') {
      throw new Failure('refused', `${wish.candidate} can't be chosen: ${chosen.says}.`);
    }
    assertLoss(wish.kind, seen.lossBytes, judged.seen.lossBytes);
  }

  async #reachAll(view: ClusterView): Promise<ReadonlyMap<string, Reached>> {
    const there = view.members.filter(({ presence }) => presence.is === 'present');
    const all = await Promise.all(
      there.map(async (member) => [member.name, await this.#reach(view, member)] as const),
    );
    return new Map(all.flatMap(([name, is]) => (is === null ? [] : [[name, is] as const])));
  }

  async #reach(view: ClusterView, { name, apiUrl }: MemberView): Promise<Reached | null> {
    if (apiUrl === null) return null;
    const { clock, patroni, settings } = this.#options;
    const key = `${view.id} ${name} ${apiUrl}`;
    const before = this.#reached.get(key);
    if (before && clock.now() - before.at < FRESH_MS) return before.is;
    const is = patroni.reach(apiUrl, settings(view.key));
    this.#reached.set(key, { at: clock.now(), is });
    // Nobody asks for it again after that.
    clock.after(FRESH_MS, () => {
      if (this.#reached.get(key)?.is === is) this.#reached.delete(key);
    });
    return is;
  }
}

const stopsTheLeader = (wish: Wish, leader: string): boolean =>
  wish.kind === 'switchover' || (wish.kind === 'restart' && wish.members.includes(leader));

/** The loss that is typed is the one that was shown: it is asked for with the figure of then. */
function phraseFor(
  { kind, phrase, clusterName }: Preflight,
  seenLoss: number | null,
): string | null {
  return kind === 'failover' ? `${clusterName} loses ${lossWords(seenLoss)}` : phrase;
}

/** More than this beyond what was shown is another decision. */
const TOLERATED_BYTES = 1024 ** 2;

function assertLoss(kind: OperationKind, seen: number | null, now: number | null): void {
  if (kind !== 'failover' || seen === null) return;
  if (now !== null && now <= 2 * seen + TOLERATED_BYTES) return;
  const is = now === null ? 'not known any more' : formatBytes(now);
  const says = `What would be lost was ${formatBytes(seen)} when you decided, and is ${is} now.`;
  throw new Failure('moved', `${says} Nothing was done: look again and decide anew.`);
}
