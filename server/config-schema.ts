import { z } from 'zod';
import { roles } from '@/lib/access/roles';
import { defaultProblemLimits } from '@/lib/diagnosis/table';
import { absolutePath } from '@/lib/znodes/path';
import { cidr, listen } from './config-listen';
import { defaultAggregatorLimits } from './monitor/aggregator';

/**
 * Every setting, its limits and its default. `howdah.yaml` has this shape; the environment sets the
 * common ones (`config-environment.ts`). README.md holds the table for people: keep the two alike.
 */

const ms = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const positive = z.coerce.number().int().positive();
const text = z.string().min(1);
const namespace = z
  .string()
  .regex(/^\/.*$/, 'a namespace starts with a slash, like /service')
  .transform((path) => path.replace(/\/+$/, '') || '/');

/** A secret is given in place, or by the path of a file that holds it. */
const secret = { password: text.optional(), passwordFile: text.optional() };

export const sslmodes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

const monitor = z.strictObject({
  user: z.string({ error: 'name the role that asks PostgreSQL' }).min(1),
  ...secret,
  database: text.default('postgres'),
  sslmode: z.enum(sslmodes).default('prefer'),
  ca: text.optional(),
});

/** Another role than the one that watches: this one writes, for as long as an operation runs. */
const writeProbe = monitor.extend({
  user: z.string({ error: 'name the role that tries to write' }).min(1),
  through: z
    .string()
    .regex(
      /^(\[[0-9a-fA-F:.]+\]|[^\s:/@[\]]+):\d{1,5}$/,
      'a port for writes is written like haproxy1:5000',
    )
    .optional(),
  table: z
    .string()
    .regex(
      /^[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)?$/,
      'a table is written like howdah_probe, or schema.howdah_probe',
    )
    .optional(),
});

const patroni = z.strictObject({
  user: text.optional(),
  ...secret,
  ca: text.optional(),
  cert: text.optional(),
  key: text.optional(),
  insecure: z.boolean().default(false),
});

const connect = z
  .string()
  .regex(
    /^(\[[0-9a-fA-F:.]+\]|[^\s,:/[\]]+)(:\d{1,5})?(,\s*(\[[0-9a-fA-F:.]+\]|[^\s,:/[\]]+)(:\d{1,5})?)*(\/[^\s,]*)?$/,
    'servers are written like zk1:2181,zk2:2181,zk3:2181, with a chroot behind the last if there is one',
  );

export const privateNetworks = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '::1/128',
  'fc00::/7',
];

const znodePath = z.string().transform((value, context) => {
  const path = absolutePath(value);
  if (path !== null) return path;
  context.addIssue({
    code: 'custom',
    message: 'a znode\'s path begins with "/", e.g. /app/routing',
  });
  return z.NEVER;
});

const hasSecret = ({ password, passwordFile }: { password?: unknown; passwordFile?: unknown }) =>
  password !== undefined || passwordFile !== undefined;

/** Whoever is in that group has that role: on all clusters, a namespace's, or one's. */
const groupRule = z
  .strictObject({
    group: text,
    role: z.enum(roles),
    ensemble: text.optional(),
    namespace: namespace.optional(),
    scope: text.optional(),
    citusGroup: z.number().int().min(0).optional(),
  })
  .refine(({ ensemble, namespace: space }) => (ensemble === undefined) === (space === undefined), {
    message: 'name the ensemble and the namespace, or neither for all clusters',
  })
  .refine(({ namespace: space, scope }) => scope === undefined || space !== undefined, {
    message: 'a scope is one of an ensemble and a namespace: name both',
  })
  .refine(({ scope, citusGroup }) => citusGroup === undefined || scope !== undefined, {
    message: 'a Citus group is one of a scope: name it',
  });

export const configSchema = z.strictObject({
  listen,
  ensembles: z
    .array(
      z.strictObject({
        name: z
          .string()
          .regex(
            /^[A-Za-z0-9][A-Za-z0-9_.-]{0,62}$/,
            'a name has letters, digits, "-", "_" and "."',
          )
          .default('main'),
        connect,
        namespaces: z.array(namespace).min(1).default(['/service', '/postgresql-common']),
        sessionTimeoutMs: ms(1000, 120_000).default(10_000),
        digest: z.strictObject({ user: text, ...secret }).optional(),
        keepZnodes: z.array(znodePath).max(100).default([]),
      }),
    )
    .min(1, 'name at least one ensemble, e.g. HOWDAH_ENSEMBLE=zk1:2181,zk2:2181,zk3:2181')
    .refine((all) => new Set(all.map((one) => one.name)).size === all.length, {
      message: 'two ensembles have the same name',
    })
    .default([]),
  monitor: monitor.optional(),
  writeProbe: writeProbe.optional(),
  patroni: patroni.prefault({}),
  networks: z.array(cidr).default(privateNetworks),
  rewrite: z.record(text, text).default({}),
  overrides: z
    .array(
      z.strictObject({
        ensemble: text.optional(),
        namespace: namespace.optional(),
        scope: text.optional(),
        monitor: monitor.optional(),
        writeProbe: writeProbe.optional(),
        patroni: patroni.optional(),
        networks: z.array(cidr).optional(),
        rewrite: z.record(text, text).optional(),
      }),
    )
    .default([]),
  poll: z
    .strictObject({
      attendedMs: ms(250, 60_000).default(1000),
      idleMs: ms(500, 600_000).default(5000),
      zookeeperMs: ms(1000, 600_000).default(60_000),
      mostConnections: positive.max(10_000).default(4000),
      mostPerHost: positive.default(64),
      mostPerCluster: positive.default(32),
    })
    .prefault({}),
  aggregator: z
    .strictObject({
      quietMs: ms(1, 10_000).default(defaultAggregatorLimits.quietMs),
      maxWaitMs: ms(10, 60_000).default(defaultAggregatorLimits.maxWaitMs),
      changesPerSecond: positive.default(defaultAggregatorLimits.changesPerSecond),
      leadershipPerSecond: positive.default(defaultAggregatorLimits.leadershipPerSecond),
      changesInFlight: positive.default(defaultAggregatorLimits.changesInFlight),
      resyncInFlight: positive.default(defaultAggregatorLimits.resyncInFlight),
    })
    .refine(({ quietMs, maxWaitMs }) => quietMs <= maxWaitMs, {
      message: 'quietMs can be no longer than maxWaitMs',
    })
    .prefault({}),
  limits: z
    .strictObject({
      lagBytes: positive.default(defaultProblemLimits.lagBytes),
      lagMs: positive.default(defaultProblemLimits.lagMs),
      slotBytes: positive.default(defaultProblemLimits.slotBytes),
      clockOffsetMs: positive.default(defaultProblemLimits.clockOffsetMs),
    })
    .prefault({}),
  store: z
    .strictObject({
      kind: z.enum(['embedded', 'none']).default('embedded'),
      folder: text.optional(),
      url: text
        .refine((url) => /^postgres(ql)?:\/\/\S+$/.test(url) && URL.canParse(url), {
          message:
            'a database is named like postgresql://howdah:secret@db.example:5432/howdah, with what is special in the password percent-encoded',
        })
        .optional(),
      spoolMb: positive.max(100_000).default(256),
      diskMb: positive.max(100_000_000).optional(),
      keepDays: z
        .strictObject({
          events: positive.max(36_500).default(730),
          samples: positive.max(36_500).default(1),
          tenSeconds: positive.max(36_500).default(7),
          minutes: positive.max(36_500).default(90),
          hours: positive.max(36_500).default(730),
          audit: positive.max(36_500).default(3650),
        })
        .refine(
          ({ samples, tenSeconds, minutes, hours }) =>
            samples <= tenSeconds && tenSeconds <= minutes && minutes <= hours,
          { message: 'finer figures can not be kept for longer than those made of them' },
        )
        .prefault({}),
    })
    .prefault({}),
  accounts: z
    .strictObject({
      idleHours: positive.max(24 * 90).default(24),
      sessionDays: positive.max(365).default(30),
      actsPerMinute: positive.max(100_000).default(60),
      firstAdmin: z
        .strictObject({ email: z.email(), ...secret })
        .refine(hasSecret, { message: 'its first password is missing' })
        .optional(),
      emergencyTokenFile: text.optional(),
      provider: z
        .strictObject({
          name: text.max(60).default('single sign-on'),
          issuer: z.url({
            protocol: /^https?$/,
            error: 'an issuer is an address, like https://sso.example.org',
          }),
          clientId: text,
          ...secret,
          scopes: z.array(text).min(1).default(['openid', 'email', 'profile']),
          groupsClaim: text.default('groups'),
          groups: z.array(groupRule).default([]),
        })
        .refine(hasSecret, { message: 'the secret that Howdah shows to it is missing' })
        .optional(),
    })
    .prefault({}),
  routing: z
    .strictObject({
      agents: z
        .array(
          z.strictObject({
            url: z
              .url({
                protocol: /^https?$/,
                error: 'an agent is an address, like http://haproxy1:8019',
              })
              .transform((url) => url.replace(/\/+$/, '')),
            tokenFile: text,
            ca: text.optional(),
          }),
        )
        .max(100)
        .refine((all) => new Set(all.map(({ url }) => url)).size === all.length, {
          message: 'two agents have the same address',
        })
        .default([]),
    })
    .prefault({}),
  metrics: z.strictObject({ networks: z.array(cidr).default([]) }).prefault({}),
  secret: z.string().min(32, 'a secret has 32 characters at least').optional(),
  secretFile: text.optional(),
  root: namespace.default('/howdah'),
  log: z.enum(['debug', 'info', 'warn', 'error']).default('info'),
});

export type ConfigFile = z.output<typeof configSchema>;
