import type { ProbeFailure } from '../topology/sample';

/** What PostgreSQL says of one parameter, whatever its value: a row of pg_settings. */
export interface ParameterFact {
  /** As PostgreSQL spells it, e.g. "TimeZone". */
  readonly name: string;
  /** What its number counts, e.g. "8kB"; null: nothing. */
  readonly unit: string | null;
  /** When it can be changed: "postmaster" at the start, "sighup" by a reload, "internal" never, … */
  readonly context: string;
  readonly vartype: 'bool' | 'integer' | 'real' | 'enum' | 'string';
  readonly min: string | null;
  readonly max: string | null;
  readonly enumvals: readonly string[] | null;
  /** What it is where nobody sets it. */
  readonly bootVal: string | null;
  readonly shortDesc: string;
}

/** By name in lower case. */
export type ParameterFacts = Readonly<Record<string, ParameterFact>>;

/** What a server runs one parameter with. Texts are without secrets. */
export interface RunningSetting {
  readonly setting: string | null;
  /** What it would go back to within the session: the server's own, unless the session brought it. */
  readonly resetVal: string | null;
  /** Where it comes from, e.g. "configuration file", "command line", "client". */
  readonly source: string;
  /** What is in the file takes effect with the next start. */
  readonly pendingRestart: boolean;
}

export interface SettingFacts extends ParameterFact, RunningSetting {}

/** What one member runs with, or why that is not known. */
export type MemberSettings =
  | {
      readonly name: string;
      readonly is: 'ok';
      /** When it was read. */
      readonly at: number;
      /** By name in lower case. */
      readonly settings: Readonly<Record<string, RunningSetting>>;
    }
  | {
      readonly name: string;
      readonly is: 'failing';
      readonly since: number;
      readonly failure: ProbeFailure;
    };

export interface ClusterSettings {
  /** Null: no member has told. */
  readonly parameters: ParameterFacts | null;
  readonly members: readonly MemberSettings[];
}

/** A cluster's dynamic configuration as ZooKeeper has it, without secrets. */
export type ConfigDocument =
  | {
      readonly is: 'ok';
      readonly version: number;
      /** JSON; what is a secret is a mask. */
      readonly text: string;
      readonly masked: boolean;
      /** The longest session that its ensemble grants; null: not known. */
      readonly maxSessionTimeoutMs: number | null;
    }
  | { readonly is: 'absent' }
  | { readonly is: 'unreadable'; readonly why: string };
