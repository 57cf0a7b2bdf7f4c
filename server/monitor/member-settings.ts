import type {
  ClusterSettings,
  ConfigDocument,
  MemberSettings,
  ParameterFact,
  ParameterFacts,
  RunningSetting,
  SettingFacts,
} from '@/lib/configuration/facts';
import { maskedDocument } from '@/lib/configuration/masked';
import { Failure } from '@/lib/errors';
import { readSettings } from '@/lib/operations/settings';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ProbeFailure } from '@/lib/topology/sample';
import type { ClusterView, MemberView } from '@/lib/topology/view';
import type { Clock, ProbePort, ScopeSnapshot, SettingsReader } from '../ports';

export interface MemberSettingsOptions {
  readonly clock: Clock;
  readonly probe: Pick<ProbePort, 'settings'>;
  readonly view: (id: ClusterId) => ClusterView | null;
  readonly scope: (id: ClusterId) => ScopeSnapshot | null;
  readonly maxSessionTimeoutMs: (ensemble: string) => number | null;
  /** Whether any member of it may be asked. */
  readonly asked: (id: ClusterId) => boolean;
}

/** How old an answer may be that somebody else gets as well. */
const FRESH_MS = 2000;
/** Of so many members it is kept since when they fail. */
const MOST_FAILING = 1000;

/**
 * What clusters are configured to, and what their members run with, read when somebody asks. Many
 * who ask at once cost a member no more than one.
 */
export class MemberSettingsReader implements SettingsReader {
  readonly #options: MemberSettingsOptions;
  /** Being read, or just read. */
  readonly #kept = new Map<ClusterId, Promise<ClusterSettings>>();
  /** Since when a member has not answered this. */
  readonly #failing = new Map<string, number>();

  constructor(options: MemberSettingsOptions) {
    this.#options = options;
  }

  document(cluster: ClusterId): ConfigDocument {
    const scope = this.#options.scope(cluster);
    if (!scope) throw notThere();
    const znode = scope.znode('config');
    if (znode === null) return { is: 'absent' };
    if ('failed' in znode) return { is: 'unreadable', why: znode.failed };
    const text = znode.data.toString('utf8');
    if (readSettings(text) === null) return { is: 'unreadable', why: 'it is no JSON object' };
    const maxSessionTimeoutMs = this.#options.maxSessionTimeoutMs(scope.key.ensemble);
    const { version } = znode.stat;
    return { is: 'ok', version, maxSessionTimeoutMs, ...maskedDocument(text) };
  }

  members(cluster: ClusterId): Promise<ClusterSettings> {
    const kept = this.#kept.get(cluster);
    if (kept) return kept;
    const view = this.#options.view(cluster);
    if (!view) return Promise.reject(notThere());
    const forget = () => {
      if (this.#kept.get(cluster) === settings) this.#kept.delete(cluster);
    };
    const settings = this.#read(view);
    this.#kept.set(cluster, settings);
    settings.then(() => this.#options.clock.after(FRESH_MS, forget), forget);
    return settings;
  }

  async #read(view: ClusterView): Promise<ClusterSettings> {
    const told = await Promise.all(view.members.map((member) => this.#ask(view, member)));
    // They are of one major version: the leader's word goes first, and others add to it.
    const isLeader = (name: string) => view.leader?.name === name;
    const facts = told
      .filter(({ rows }) => rows !== null)
      .sort((a, b) => Number(isLeader(b.member.name)) - Number(isLeader(a.member.name)));
    const parameters: Record<string, ParameterFact> = {};
    for (const { rows } of facts) {
      for (const row of rows ?? []) parameters[row.name.toLowerCase()] ??= factOf(row);
    }
    return {
      parameters: facts.length === 0 ? null : (parameters satisfies ParameterFacts),
      members: told.map(({ member }) => member),
    };
  }

  async #ask(
    view: ClusterView,
    { name, probe }: MemberView,
  ): Promise<{ member: MemberSettings; rows: readonly SettingFacts[] | null }> {
    const key = `${view.id}/${name}`;
    // Whoever doesn't answer samples is not asked this on top.
    const failure = this.#options.asked(view.id)
      ? probe.is === 'failing'
        ? { ...probe.failure, at: this.#options.clock.now() }
        : null
      : unasked(this.#options.clock.now());
    const answer = failure ?? (await this.#options.probe.settings(key));
    const { clock } = this.#options;
    if (!('code' in answer)) {
      this.#failing.delete(key);
      const settings = Object.fromEntries(answer.map((row) => [row.name.toLowerCase(), runs(row)]));
      return { member: { name, is: 'ok', at: clock.now(), settings }, rows: answer };
    }
    const since = probe.is === 'failing' ? probe.since : this.#since(key, answer.at);
    return { member: { name, is: 'failing', since, failure: answer }, rows: null };
  }

  #since(key: string, at: number): number {
    const since = this.#failing.get(key) ?? at;
    this.#failing.set(key, since);
    for (const old of this.#failing.keys()) {
      if (this.#failing.size <= MOST_FAILING) break;
      this.#failing.delete(old);
    }
    return since;
  }
}

const notThere = () => new Failure('not-found', 'There is no such cluster (any more).');

const unasked = (at: number): ProbeFailure => ({
  at,
  code: 'no-credentials',
  says: 'no monitoring user is configured',
});

function runs({ setting, resetVal, source, pendingRestart }: SettingFacts): RunningSetting {
  return { setting, resetVal, source, pendingRestart };
}

function factOf(row: SettingFacts): ParameterFact {
  const { name, unit, context, vartype, min, max, enumvals, bootVal, shortDesc } = row;
  return { name, unit, context, vartype, min, max, enumvals, bootVal, shortDesc };
}
