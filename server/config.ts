import { existsSync, readFileSync } from 'node:fs';
import { parse as parseYaml } from 'yaml';
import type { z } from 'zod';
import type { ClusterKey } from '@/lib/topology/facts';
import { unknownVariables, variableFor, withEnvironment } from './config-environment';
import { type ConfigFile, configSchema } from './config-schema';
import type { PatroniSettings, ProbeSettings } from './ports';

export interface Config
  extends Pick<ConfigFile, 'listen' | 'poll' | 'limits' | 'networks' | 'rewrite' | 'root' | 'log'> {
  readonly ensembles: readonly {
    readonly name: string;
    readonly connect: string;
    readonly namespaces: readonly string[];
    readonly sessionTimeoutMs: number;
    readonly digest: { readonly user: string; readonly password: string } | null;
  }[];
  /** Null: no monitoring user for this cluster. */
  readonly monitorFor: (key: ClusterKey) => ProbeSettings | null;
  readonly patroniFor: (key: ClusterKey) => PatroniSettings;
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
  const strangers = unknownVariables(environment);
  const merged = withEnvironment(readFile(environment), environment);
  const result = configSchema.safeParse(merged);
  const mistakes = [
    ...strangers.map((name) => `${name} is not a setting of Howdah: see the table in the README.`),
    ...(result.success
      ? []
      : result.error.issues.map((issue) => sentence(issue, merged, environment))),
  ];
  if (!result.success || mistakes.length > 0) throw new ConfigError(mistakes);
  return complete(result.data);
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
    const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new ConfigError([`${path} can't be read as YAML: ${why}`]);
  }
}

const SECRET = /password|key|secret/i;

function sentence(
  issue: z.core.$ZodIssue,
  merged: unknown,
  environment: NodeJS.ProcessEnv,
): string {
  const path = issue.path.map(String).join('.');
  const name = variableFor(issue.path, environment) ?? (path || 'the configuration');
  if (issue.code === 'unrecognized_keys') {
    return `${issue.keys.join(', ')} ${path ? `in ${path} ` : ''}is not a setting of Howdah: see the table in the README.`;
  }
  const value = issue.path.reduce<unknown>(
    (at, step) => (at as Record<PropertyKey, unknown> | undefined)?.[step],
    merged,
  );
  const shown = SECRET.test(path)
    ? 'set to something'
    : value === undefined
      ? 'missing'
      : JSON.stringify(value);
  return `${name} is ${shown}: ${issue.message}.`;
}

function complete(file: ConfigFile): Config {
  const mistakes: string[] = [];
  const read = (path: string | undefined, setting: string): string | null => {
    if (path === undefined) return null;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      mistakes.push(`${setting} is "${path}": that file can't be read.`);
      return null;
    }
  };
  const password = (
    given: { password?: string | undefined; passwordFile?: string | undefined },
    setting: string,
  ) =>
    given.password ??
    read(given.passwordFile, `${setting}.passwordFile`)?.replace(/\r?\n$/, '') ??
    null;

  const monitorOf = (
    given: NonNullable<ConfigFile['monitor']>,
    setting: string,
  ): ProbeSettings => ({
    user: given.user,
    password: password(given, setting) ?? '',
    database: given.database,
    sslmode: given.sslmode,
    ca: read(given.ca, `${setting}.ca`),
  });
  const patroniOf = (given: ConfigFile['patroni'], setting: string): PatroniSettings => {
    const secret = password(given, setting);
    return {
      basic: given.user && secret !== null ? { user: given.user, password: secret } : null,
      ca: read(given.ca, `${setting}.ca`),
      cert: read(given.cert, `${setting}.cert`),
      key: read(given.key, `${setting}.key`),
      insecure: given.insecure,
    };
  };

  const monitor = file.monitor ? monitorOf(file.monitor, 'monitor') : null;
  const patroni = patroniOf(file.patroni, 'patroni');
  const overrides = file.overrides.map((given, i) => ({
    applies: (key: ClusterKey) =>
      (given.ensemble === undefined || given.ensemble === key.ensemble) &&
      (given.namespace === undefined || given.namespace === key.namespace) &&
      (given.scope === undefined || given.scope === key.scope),
    monitor: given.monitor ? monitorOf(given.monitor, `overrides.${i}.monitor`) : null,
    patroni: given.patroni ? patroniOf(given.patroni, `overrides.${i}.patroni`) : null,
  }));
  const ensembles = file.ensembles.map((given, i) => ({
    name: given.name,
    connect: given.connect,
    namespaces: given.namespaces,
    sessionTimeoutMs: given.sessionTimeoutMs,
    digest: given.digest
      ? { user: given.digest.user, password: password(given.digest, `ensembles.${i}.digest`) ?? '' }
      : null,
  }));
  if (ensembles.length === 0) {
    mistakes.push(
      'ensembles is missing: name one, e.g. HOWDAH_ENSEMBLE=zk1:2181,zk2:2181,zk3:2181.',
    );
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  const { listen, poll, limits, networks, rewrite, root, log } = file;
  return {
    listen,
    poll,
    limits,
    networks,
    rewrite,
    root,
    log,
    ensembles,
    // The last override that matches and speaks of it wins.
    monitorFor: (key) =>
      overrides.findLast((one) => one.monitor && one.applies(key))?.monitor ?? monitor,
    patroniFor: (key) =>
      overrides.findLast((one) => one.patroni && one.applies(key))?.patroni ?? patroni,
  };
}
