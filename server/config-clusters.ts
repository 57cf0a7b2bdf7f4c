import { clusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import { addressPolicy } from './address-policy';
import type { ConfigFile } from './config-schema';
import type { SecretReader } from './config-secrets';
import type { PatroniSettings, ProbeSettings, WriteSettings } from './ports';

/** How Howdah may reach one cluster. */
export interface ClusterSettings {
  /** Null: no monitoring user is configured for it. */
  readonly monitor: ProbeSettings | null;
  /** As whom it is tried, while an operation runs, whether anybody can write; null: it isn't. */
  readonly writeProbe: WriteSettings | null;
  readonly patroni: PatroniSettings;
}

type Monitor = Omit<ProbeSettings, 'addresses'>;
type Patroni = Omit<PatroniSettings, 'addresses'>;

/**
 * What holds for which cluster: the general settings, and over each of them the last override that
 * fits the cluster and speaks of it. Rewritings add up.
 */
export function clusterSettings(
  file: ConfigFile,
  secrets: SecretReader,
): (key: ClusterKey) => ClusterSettings {
  const general = {
    monitor: file.monitor ? monitorOf(file.monitor, 'monitor', secrets) : null,
    writeProbe: file.writeProbe ? writerOf(file.writeProbe, 'writeProbe', secrets) : null,
    patroni: patroniOf(file.patroni, 'patroni', secrets),
  };
  const overrides = file.overrides.map((given, i) => ({
    given,
    monitor: given.monitor ? monitorOf(given.monitor, `overrides.${i}.monitor`, secrets) : null,
    writeProbe: given.writeProbe
      ? writerOf(given.writeProbe, `overrides.${i}.writeProbe`, secrets)
      : null,
    patroni: given.patroni ? patroniOf(given.patroni, `overrides.${i}.patroni`, secrets) : null,
  }));

  const settingsUnder = (fitting: typeof overrides): ClusterSettings => {
    const networks = fitting.findLast(({ given }) => given.networks)?.given.networks;
    const rewrite = Object.assign({}, file.rewrite, ...fitting.map(({ given }) => given.rewrite));
    const addresses = addressPolicy(networks ?? file.networks, rewrite);
    const monitor = fitting.findLast((one) => one.monitor)?.monitor ?? general.monitor;
    const writeProbe = fitting.findLast((one) => one.writeProbe)?.writeProbe ?? general.writeProbe;
    const patroni = fitting.findLast((one) => one.patroni)?.patroni ?? general.patroni;
    return {
      monitor: monitor && { ...monitor, addresses },
      writeProbe: writeProbe && { ...writeProbe, addresses },
      patroni: { ...patroni, addresses },
    };
  };
  // Made once for all clusters that the same overrides fit: mostly none.
  const made = new Map<string, ClusterSettings>();
  const resolve = (key: ClusterKey): ClusterSettings => {
    const fitting = overrides.filter(({ given }) => fits(given, key));
    const which = fitting.map((one) => overrides.indexOf(one)).join();
    const settings = made.get(which) ?? settingsUnder(fitting);
    made.set(which, settings);
    return settings;
  };
  const resolved = new Map<string, ClusterSettings>();
  return (key) => {
    const id = clusterId(key);
    const known = resolved.get(id) ?? resolve(key);
    resolved.set(id, known);
    return known;
  };
}

function fits(given: ConfigFile['overrides'][number], key: ClusterKey): boolean {
  return (
    (given.ensemble === undefined || given.ensemble === key.ensemble) &&
    (given.namespace === undefined || given.namespace === key.namespace) &&
    (given.scope === undefined || given.scope === key.scope)
  );
}

function monitorOf(
  given: NonNullable<ConfigFile['monitor']>,
  setting: string,
  secrets: SecretReader,
): Monitor {
  return {
    user: given.user,
    password: secrets.password(given, setting) ?? '',
    database: given.database,
    sslmode: given.sslmode,
    ca: secrets.text(given.ca, `${setting}.ca`),
  };
}

const writerOf = (
  given: NonNullable<ConfigFile['writeProbe']>,
  setting: string,
  secrets: SecretReader,
): Omit<WriteSettings, 'addresses'> => ({
  ...monitorOf(given, setting, secrets),
  through: given.through ?? null,
  table: given.table ?? null,
});

function patroniOf(given: ConfigFile['patroni'], setting: string, secrets: SecretReader): Patroni {
  const password = secrets.password(given, setting);
  return {
    basic: given.user && password !== null ? { user: given.user, password } : null,
    ca: secrets.text(given.ca, `${setting}.ca`),
    cert: secrets.text(given.cert, `${setting}.cert`),
    key: secrets.text(given.key, `${setting}.key`),
    insecure: given.insecure,
  };
}
