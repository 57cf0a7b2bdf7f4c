'use client';

import { Panel } from '@/components/ui/panel';
import { roleName, scopeInWords } from '@/lib/access/roles';
import { hasPassword } from './has-password';
import { Known } from './known';
import { PasswordForm } from './password-form';
import { byRank, capital } from './roles-in-words';
import { keyOf } from './scopes';
import { SessionsPanel } from './sessions-panel';
import { TokensPanel } from './tokens-panel';
import type { Me } from './use-account';

/** One's own account: what one may, the password, the browsers that are signed in, the tokens. */
export function AccountPage() {
  return (
    <Known says="Loading your account">
      {(me) => (
        <div className="p-3 sm:p-4">
          <h1 className="sr-only">Your account</h1>
          <Account me={me} />
        </div>
      )}
    </Known>
  );
}

function Account({ me }: { me: Me }) {
  if (me.account === null) {
    return (
      <div className="grid max-w-3xl gap-4">
        <Roles me={me} />
        <p className="text-muted">
          The emergency token is no account: it has no password, no other sessions and no tokens
          here. Whoever looks after Howdah’s host replaces or removes its file.
        </p>
      </div>
    );
  }
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(20rem,1fr)_minmax(0,2fr)]">
      <div className="grid min-w-0 gap-4">
        <Roles me={me} />
        <Panel id="password" title="Password">
          {hasPassword(me) ? (
            <div className="p-4">
              <PasswordForm email={me.name} />
            </div>
          ) : (
            <p className="p-4 text-muted">
              You sign in at the provider: there is no password of yours here to be changed.
            </p>
          )}
        </Panel>
      </div>
      <div className="grid min-w-0 gap-4">
        <SessionsPanel own={me.session} />
        <TokensPanel me={me} />
      </div>
    </div>
  );
}

function Roles({ me }: { me: Me }) {
  return (
    <Panel id="you" title={me.name}>
      {me.grants.length === 0 ? (
        <p className="p-4 text-muted">
          You have no role yet: ask an administrator of Howdah for one.
        </p>
      ) : (
        <>
          <ul className="divide-y divide-line" aria-label="Your roles">
            {byRank(me.grants).map(({ role, scope, source }) => (
              <li key={`${source} ${role} ${keyOf(scope)}`} className="px-4 py-2 break-words">
                <span className="font-medium">{capital(roleName[role])}</span>{' '}
                <span className="text-muted">of</span> {scopeInWords(scope)}
                {source === 'groups' && <span className="text-muted"> by a group</span>}
              </li>
            ))}
          </ul>
          {me.grants.some(({ source }) => source === 'groups') && (
            <p className="border-t border-line px-4 py-2 text-sm text-muted">
              What is by a group comes from the provider, as of your last sign-in there.
            </p>
          )}
        </>
      )}
    </Panel>
  );
}
