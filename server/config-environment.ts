/** Where each environment variable goes in the shape of `howdah.yaml`. The environment wins. */
const places: Readonly<Record<string, readonly (string | number)[]>> = {
  HOWDAH_HOST: ['listen', 'host'],
  HOWDAH_PORT: ['listen', 'port'],
  HOWDAH_TLS_CERT: ['listen', 'tls', 'cert'],
  HOWDAH_TLS_KEY: ['listen', 'tls', 'key'],
  HOWDAH_LISTEN_PLAIN: ['listen', 'plain'],
  HOWDAH_URL: ['listen', 'url'],
  HOWDAH_HOSTS: ['listen', 'hosts'],
  HOWDAH_PROXIES: ['listen', 'proxies'],
  HOWDAH_MOST_STREAMS: ['listen', 'mostStreams'],
  HOWDAH_MOST_STREAMS_PER_ADDRESS: ['listen', 'mostStreamsPerAddress'],
  HOWDAH_ENSEMBLE: ['ensembles', 0, 'connect'],
  HOWDAH_NAMESPACES: ['ensembles', 0, 'namespaces'],
  HOWDAH_SESSION_TIMEOUT_MS: ['ensembles', 0, 'sessionTimeoutMs'],
  HOWDAH_ZK_USER: ['ensembles', 0, 'digest', 'user'],
  HOWDAH_ZK_PASSWORD: ['ensembles', 0, 'digest', 'password'],
  HOWDAH_ZK_PASSWORD_FILE: ['ensembles', 0, 'digest', 'passwordFile'],
  HOWDAH_MONITOR_USER: ['monitor', 'user'],
  HOWDAH_MONITOR_PASSWORD: ['monitor', 'password'],
  HOWDAH_MONITOR_PASSWORD_FILE: ['monitor', 'passwordFile'],
  HOWDAH_MONITOR_DATABASE: ['monitor', 'database'],
  HOWDAH_MONITOR_SSLMODE: ['monitor', 'sslmode'],
  HOWDAH_MONITOR_CA: ['monitor', 'ca'],
  HOWDAH_WRITE_PROBE_USER: ['writeProbe', 'user'],
  HOWDAH_WRITE_PROBE_PASSWORD: ['writeProbe', 'password'],
  HOWDAH_WRITE_PROBE_PASSWORD_FILE: ['writeProbe', 'passwordFile'],
  HOWDAH_WRITE_PROBE_DATABASE: ['writeProbe', 'database'],
  HOWDAH_WRITE_PROBE_SSLMODE: ['writeProbe', 'sslmode'],
  HOWDAH_WRITE_PROBE_CA: ['writeProbe', 'ca'],
  HOWDAH_PATRONI_USER: ['patroni', 'user'],
  HOWDAH_PATRONI_PASSWORD: ['patroni', 'password'],
  HOWDAH_PATRONI_PASSWORD_FILE: ['patroni', 'passwordFile'],
  HOWDAH_PATRONI_CA: ['patroni', 'ca'],
  HOWDAH_PATRONI_CERT: ['patroni', 'cert'],
  HOWDAH_PATRONI_KEY: ['patroni', 'key'],
  HOWDAH_NETWORKS: ['networks'],
  HOWDAH_POLL_ATTENDED_MS: ['poll', 'attendedMs'],
  HOWDAH_POLL_IDLE_MS: ['poll', 'idleMs'],
  HOWDAH_POLL_ZOOKEEPER_MS: ['poll', 'zookeeperMs'],
  HOWDAH_POLL_MOST_CONNECTIONS: ['poll', 'mostConnections'],
  HOWDAH_POLL_MOST_PER_HOST: ['poll', 'mostPerHost'],
  HOWDAH_POLL_MOST_PER_CLUSTER: ['poll', 'mostPerCluster'],
  HOWDAH_READS_PER_SECOND: ['aggregator', 'changesPerSecond'],
  HOWDAH_LAG_BYTES: ['limits', 'lagBytes'],
  HOWDAH_LAG_MS: ['limits', 'lagMs'],
  HOWDAH_SLOT_BYTES: ['limits', 'slotBytes'],
  HOWDAH_STORE: ['store', 'kind'],
  HOWDAH_STORE_FOLDER: ['store', 'folder'],
  DATABASE_URL: ['store', 'url'],
  HOWDAH_IDLE_HOURS: ['accounts', 'idleHours'],
  HOWDAH_ADMIN_EMAIL: ['accounts', 'firstAdmin', 'email'],
  HOWDAH_ADMIN_PASSWORD: ['accounts', 'firstAdmin', 'password'],
  HOWDAH_ADMIN_PASSWORD_FILE: ['accounts', 'firstAdmin', 'passwordFile'],
  HOWDAH_EMERGENCY_TOKEN_FILE: ['accounts', 'emergencyTokenFile'],
  HOWDAH_OIDC_NAME: ['accounts', 'provider', 'name'],
  HOWDAH_OIDC_ISSUER: ['accounts', 'provider', 'issuer'],
  HOWDAH_OIDC_CLIENT_ID: ['accounts', 'provider', 'clientId'],
  HOWDAH_OIDC_PASSWORD: ['accounts', 'provider', 'password'],
  HOWDAH_OIDC_PASSWORD_FILE: ['accounts', 'provider', 'passwordFile'],
  HOWDAH_METRICS_NETWORKS: ['metrics', 'networks'],
  HOWDAH_SECRET: ['secret'],
  HOWDAH_SECRET_FILE: ['secretFile'],
  HOWDAH_ROOT: ['root'],
  HOWDAH_LOG: ['log'],
};

/** Read by other parts: `HOWDAH_CONFIG` names the file, `HOWDAH_DEV` serves pages with reload. */
const elsewhere = new Set(['HOWDAH_CONFIG', 'HOWDAH_DEV', 'HOWDAH_SANDBOX']);

const LISTS = new Set([
  'HOWDAH_HOSTS',
  'HOWDAH_PROXIES',
  'HOWDAH_NAMESPACES',
  'HOWDAH_NETWORKS',
  'HOWDAH_METRICS_NETWORKS',
]);

/** Variables that look like ours and mean nothing: a misspelt setting must not pass in silence. */
export function unknownVariables(environment: NodeJS.ProcessEnv): readonly string[] {
  return Object.keys(environment).filter(
    (name) => name.startsWith('HOWDAH_') && !(name in places) && !elsewhere.has(name),
  );
}

/** The variable that set this path, to name it in an error; null when the file did. */
export function variableFor(
  path: readonly PropertyKey[],
  environment: NodeJS.ProcessEnv,
): string | null {
  for (const [name, place] of Object.entries(places)) {
    const matches = place.every((step, i) => path[i] === step);
    if (matches && environment[name] !== undefined) return name;
  }
  return null;
}

/** Lays the environment over what the file says. Returns a new object. */
export function withEnvironment(file: unknown, environment: NodeJS.ProcessEnv): unknown {
  const merged = structuredClone(isObject(file) ? file : {}) as Record<string, unknown>;
  for (const [name, place] of Object.entries(places)) {
    const value = environment[name];
    if (value === undefined || value === '') continue;
    put(merged, place, LISTS.has(name) ? split(value) : value);
    // A secret given here replaces the file's, in whichever of the two ways that has it.
    if (/_(PASSWORD|SECRET)(_FILE)?$/.test(name)) drop(merged, otherWay(place));
  }
  return merged;
}

/** Where the same secret is when it is given in the other way: in place, or by its file. */
function otherWay(place: readonly (string | number)[]): (string | number)[] {
  const last = String(place.at(-1));
  return [...place.slice(0, -1), last.endsWith('File') ? last.slice(0, -4) : `${last}File`];
}

function put(target: object, place: readonly (string | number)[], value: unknown): void {
  let at = target as Record<string | number, unknown>;
  place.forEach((step, index) => {
    if (index === place.length - 1) at[step] = value;
    else if (!isObject(at[step])) at[step] = typeof place[index + 1] === 'number' ? [] : {};
    at = at[step] as Record<string | number, unknown>;
  });
}

function drop(target: object, place: readonly (string | number)[]): void {
  const parent = place
    .slice(0, -1)
    .reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], target);
  delete (parent as Record<string | number, unknown>)[place.at(-1) ?? ''];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function split(list: string): string[] {
  return list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
