import { resolve } from 'node:path';
import type { Scope } from '@/lib/access/roles';
import { clusterId } from '@/lib/topology/cluster-id';
import type { Provider } from './auth/sign-in-library';
import type { ConfigFile } from './config-schema';
import type { SecretReader } from './config-secrets';

export interface AccountsConfig {
  /** A session that nobody uses ends after this; used, at the latest after `sessionMs`. */
  readonly idleMs: number;
  readonly sessionMs: number;
  /** How many changes one person or token may ask for. */
  readonly actsPerMinute: number;
  /** Made at the first start, while there is no account at all. */
  readonly firstAdmin: { readonly email: string; readonly password: string } | null;
  readonly emergencyTokenFile: string | null;
  readonly provider: Provider | null;
}

const HOUR_MS = 3_600_000;
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

export function accountsOf(
  { accounts, listen }: ConfigFile,
  secrets: SecretReader,
): AccountsConfig {
  const { firstAdmin, provider } = accounts;
  if (provider && listen.url === undefined) {
    secrets.mistakes.push(
      'listen.url is missing: a provider sends people back to that address (HOWDAH_URL=https://howdah.example.org).',
    );
  }
  const issuer = provider && new URL(provider.issuer);
  if (issuer?.protocol === 'http:' && !LOOPBACK.test(issuer.hostname)) {
    secrets.mistakes.push(
      `accounts.provider.issuer is "${provider?.issuer}": what it says could be anybody's without https.`,
    );
  }
  return {
    idleMs: accounts.idleHours * HOUR_MS,
    sessionMs: accounts.sessionDays * 24 * HOUR_MS,
    actsPerMinute: accounts.actsPerMinute,
    firstAdmin: firstAdmin
      ? {
          email: firstAdmin.email,
          password: secrets.password(firstAdmin, 'accounts.firstAdmin') ?? '',
        }
      : null,
    emergencyTokenFile:
      accounts.emergencyTokenFile === undefined ? null : resolve(accounts.emergencyTokenFile),
    provider: provider
      ? {
          ...{ name: provider.name, issuer: provider.issuer, clientId: provider.clientId },
          clientSecret: secrets.password(provider, 'accounts.provider') ?? '',
          scopes: provider.scopes,
          groupsClaim: provider.groupsClaim,
          groups: provider.groups.map(({ group, role, ...where }) => ({
            group,
            role,
            scope: scopeOf(where),
          })),
        }
      : null,
  };
}

type Where = Omit<
  NonNullable<ConfigFile['accounts']['provider']>['groups'][number],
  'group' | 'role'
>;

function scopeOf({ ensemble, namespace, scope, citusGroup }: Where): Scope {
  if (ensemble === undefined || namespace === undefined) return { of: 'all' };
  if (scope === undefined) return { of: 'namespace', ensemble, namespace };
  return {
    of: 'cluster',
    cluster: clusterId({ ensemble, namespace, scope, group: citusGroup ?? null }),
  };
}
