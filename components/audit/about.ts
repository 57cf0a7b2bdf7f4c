import { rolesInWords } from '@/components/account/roles-in-words';
import type { AuditIntent, Json } from '@/lib/audit/entry';
import { fieldsOf, grantsIn } from './json';

/** An id is told by its beginning: enough to find it among the tokens. */
const SHORT_ID = 8;

const ways: Readonly<Record<string, string>> = {
  password: ' with a password',
  provider: ' at the provider',
};

/**
 * Whom or what an act was about, as it goes on after its name and its cluster: ": otto@example.org
 * (viewer of all clusters)", " to orders-2". Empty where they say it all, or nothing more is kept.
 */
export function aboutInWords({
  action,
  actor,
  detail,
}: Pick<AuditIntent, 'action' | 'actor' | 'detail'>): string {
  const all = fieldsOf(detail);
  const text = (name: string): string | null => wordIn(all[name]);
  const account = text('account');
  const another = account === actor.name ? null : account;
  switch (action) {
    case 'account-added':
      return named(text('email'), rolesIn(all.grants));
    case 'grant-changed':
      return named(account, rolesIn(all.after, 'now '));
    case 'account-changed':
      return named(
        account,
        typeof all.disabled === 'boolean' ? (all.disabled ? 'disabled' : 'in use again') : null,
      );
    case 'account-removed':
      return named(account, null);
    case 'password-changed':
      return named(another, null);
    case 'session-revoked':
      return named(another ?? (all.session === 'all others' ? 'all but their own' : null), null);
    case 'token-made':
      return named(text('name'), rolesIn(all.grants));
    case 'token-revoked':
      return named(text('name') ?? shortId(text('token')), null);
    case 'refused-request':
      return named(text('asked'), null);
    case 'exported':
      return named(text('format')?.toUpperCase() ?? null, null);
    case 'switchover':
      return to(text('candidate'));
    case 'configuration-restore':
      return to(text('version') && `version ${text('version')}`);
    case 'sign-in': {
      const how = text('how') ?? '';
      return Object.hasOwn(ways, how) ? (ways[how] ?? '') : '';
    }
    default:
      return '';
  }
}

const named = (whom: string | null, more: string | null): string =>
  whom === null ? '' : `: ${whom}${more === null ? '' : ` (${more})`}`;

const to = (what: string | null): string => (what === null || what === '' ? '' : ` to ${what}`);

/** What is kept is as old as the audit, and may be anything. */
function wordIn(value: Json | undefined): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function rolesIn(value: Json | undefined, lead = ''): string | null {
  const grants = value === undefined ? null : grantsIn(value);
  return grants && `${lead}${rolesInWords(grants)}`;
}

const shortId = (id: string | null): string | null =>
  id !== null && id.length > SHORT_ID * 2 ? `${id.slice(0, SHORT_ID)}…` : id;
