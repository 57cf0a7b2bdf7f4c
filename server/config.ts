import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse as parseYaml, YAMLParseError } from 'yaml';
import type { z } from 'zod';
import type { Keeping } from '@/lib/history/lag';
import type { ClusterKey } from '@/lib/topology/facts';
import { type AccountsConfig, accountsOf } from './config-accounts';
import { type ClusterSettings, clusterSettings } from './config-clusters';
import { unknownVariables, variableFor, withEnvironment } from './config-environment';
import { type ConfigFile, configSchema } from './config-schema';
import { SecretReader } from './config-secrets';

export interface Config
  extends Pick<ConfigFile, 'listen' | 'poll' | 'aggregator' | 'limits' | 'root' | 'log'> {
  readonly ensembles: readonly EnsembleConfig[];
  readonly store: StoreConfig;
  readonly accounts: AccountsConfig;
  /** The agents beside HAProxy. */
  readonly agents: readonly AgentConfig[];
  /** Who may read figures without being known, as CIDRs. */
  readonly openFigures: readonly string[];
  readonly secret: SecretConfig;
  /** The settings of one cluster, with the overrides that fit it. */
  readonly clusterSettings: (key: ClusterKey) => ClusterSettings;
}

/** Where history is kept; null: nowhere. */
export type StoreConfig = {
  readonly folder: string;
  /** Null: in the embedded PostgreSQL, below the folder. */
  readonly url: string | null;
  /** How much may wait on disk while the store is away. */
  readonly spoolBytes: number;
  /** How much the store's relations may take; null: as much as they do. */
  readonly budgetBytes: number | null;
  /** For how long events and lag are kept, milliseconds. */
  readonly keepEventsMs: number;
  readonly keepLagMs: Keeping;
  readonly keepAuditMs: number;
} | null;

/** What `secret.ts` makes Howdah's secret of. */
export interface SecretConfig {
  /** Null: it is kept in the folder. */
  readonly given: string | null;
  /** Null: nothing is kept. */
  readonly folder: string | null;
}

export interface AgentConfig {
  readonly url: string;
  readonly token: string;
  readonly ca: string | null;
}

export interface EnsembleConfig {
  readonly name: string;
  readonly connect: string;
  readonly namespaces: readonly string[];
  readonly sessionTimeoutMs: number;
  /** Znodes, beside those of clusters, of which every version is kept. */
  readonly keepZnodes: readonly string[];
  readonly digest: { readonly user: string; readonly password: string } | null;
}

/** Everything that is wrong with the configuration, one sentence a mistake. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(mistakes.join('\n'));
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/**
 * The configuration from `HOWDAH_CONFIG` (or ./howdah.yaml where that exists) and the environment,
 * which wins. Throws `ConfigError`, which names each wrong setting, its value (never a secret's)
 * and what would be right.
 */
export function loadConfig(environment: NodeJS.ProcessEnv): Config {
  return complete(settingsOf(environment));
}

/** Where history is kept, by the same settings. No ensemble need be named, and no secret is read. */
export function loadStoreConfig(environment: NodeJS.ProcessEnv): StoreConfig {
  return storeOf(settingsOf(environment).store);
}

/** Where Howdah's secret is, by the same settings. No ensemble need be named. */
export function loadSecretConfig(environment: NodeJS.ProcessEnv): SecretConfig {
  const file = settingsOf(environment);
  const secrets = new SecretReader();
  const secret = secretOf(file, secrets);
  if (secrets.mistakes.length > 0) throw new ConfigError(secrets.mistakes);
  return secret;
}

function settingsOf(environment: NodeJS.ProcessEnv): ConfigFile {
  const merged = withEnvironment(readFile(environment), environment);
  const result = configSchema.safeParse(merged);
  const mistakes = [
    ...unknownVariables(environment).map(
      (name) => `${name} is not a setting of Howdah: see the table in the README.`,
    ),
    ...(result.success
      ? []
      : result.error.issues.map((issue) => sentence(issue, merged, environment))),
  ];
  if (!result.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return result.data;
}

function readFile(environment: NodeJS.ProcessEnv): unknown {
  const path = environment.HOWDAH_CONFIG ?? 'howdah.yaml';
  if (!existsSync(path)) {
    if (environment.HOWDAH_CONFIG === undefined) return {};
    throw new ConfigError([`HOWDAH_CONFIG is "${path}", but there is no such file.`]);
  }
  try {
    return parseYaml(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    // It quotes the alias, which may be a password that begins with a star.
    const why =
      error instanceof YAMLParseError ? error.message.split('\n')[0] : 'an alias has no anchor';
    throw new ConfigError([`${path} can't be read as YAML: ${why}`]);
  }
}

/** Where a secret is, or would be if the shape were right. */
const SECRET =
  /password|key|secret|url|(^|\.)(monitor|writeProbe|patroni|digest|store|firstAdmin|provider)$/i;

/** A value as it may be shown: what has parts may have a secret among them. */
function inWords(value: unknown): string {
  if (value === undefined) return 'missing';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null
    ? 'a group of settings'
    : JSON.stringify(value);
}

function sentence(
  issue: z.core.$ZodIssue,
  merged: unknown,
  environment: NodeJS.ProcessEnv,
): string {
  const path = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const where = path ? ` in ${path}` : '';
    return `${issue.keys.join(', ')}${where} is not a setting of Howdah: see the table in the README.`;
  }
  const name = variableFor(issue.path, environment) ?? (path || 'the configuration');
  const value = issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    merged,
  );
  const shown = SECRET.test(path) ? 'set to something' : inWords(value);
  return `${name} is ${shown}: ${issue.message}.`;
}

/** Reads the files that settings name, and resolves what holds for which cluster. */
function complete(file: ConfigFile): Config {
  const secrets = new SecretReader();
  const ensembles = file.ensembles.map(
    ({ name, connect, namespaces, sessionTimeoutMs, keepZnodes, digest }, i): EnsembleConfig => ({
      ...{ name, connect, namespaces, sessionTimeoutMs, keepZnodes },
      digest: digest
        ? { user: digest.user, password: secrets.password(digest, `ensembles.${i}.digest`) ?? '' }
        : null,
    }),
  );
  const settings = clusterSettings(file, secrets);
  const accounts = accountsOf(file, secrets);
  const secret = secretOf(file, secrets);
  const agents = file.routing.agents.map(
    ({ url, tokenFile, ca }, i): AgentConfig => ({
      url,
      token: secrets.text(tokenFile, `routing.agents.${i}.tokenFile`)?.trim() ?? '',
      ca: secrets.text(ca, `routing.agents.${i}.ca`),
    }),
  );
  const none = 'ensembles is missing: name one, e.g. HOWDAH_ENSEMBLE=zk1:2181,zk2:2181,zk3:2181.';
  const mistakes = [...(ensembles.length === 0 ? [none] : []), ...secrets.mistakes];
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const { listen, poll, aggregator, limits, root, log } = file;
  const store = storeOf(file.store);
  return {
    listen,
    poll,
    aggregator,
    limits,
    root,
    log,
    store,
    accounts,
    agents,
    openFigures: file.metrics.networks,
    secret,
    ensembles,
    clusterSettings: settings,
  };
}

const DAY_MS = 86_400_000;

function storeOf(store: ConfigFile['store']): StoreConfig {
  if (store.kind === 'none') return null;
  const { events, samples, tenSeconds, minutes, hours, audit } = store.keepDays;
  return {
    folder: resolve(store.folder ?? stateFolder()),
    url: store.url ?? null,
    spoolBytes: store.spoolMb * 2 ** 20,
    budgetBytes: store.diskMb === undefined ? null : store.diskMb * 2 ** 20,
    keepEventsMs: events * DAY_MS,
    keepLagMs: {
      samples: samples * DAY_MS,
      '10s': tenSeconds * DAY_MS,
      '1m': minutes * DAY_MS,
      '1h': hours * DAY_MS,
    },
    keepAuditMs: audit * DAY_MS,
  };
}

function secretOf(file: ConfigFile, secrets: SecretReader): SecretConfig {
  const fromFile = secrets.text(file.secretFile, 'secretFile')?.trim() ?? null;
  return { given: file.secret ?? fromFile, folder: storeOf(file.store)?.folder ?? null };
}

/** Where a program of this user keeps what it must not lose. */
function stateFolder(): string {
  if (process.getuid?.() === 0) return '/var/lib/howdah';
  return join(process.env.XDG_STATE_HOME ?? join(homedir(), '.local', 'state'), 'howdah');
}
