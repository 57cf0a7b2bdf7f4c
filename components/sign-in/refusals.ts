/** What comes back in the address when the provider's answer was not taken, in one sentence each. */
const sentences: Readonly<Record<string, string>> = {
  no_role:
    'You are known at the provider, but none of your groups has a role here: ask whoever looks after Howdah.',
  account_disabled: 'This account is disabled: ask whoever looks after Howdah.',
  account_not_linked:
    'There is already an account with that address, and it does not sign in at the provider: sign in with its password, or ask whoever looks after Howdah.',
  unable_to_get_user_info:
    'The provider did not say who you are: try again, and if it goes on, Howdah’s log says more.',
  state_mismatch: 'That took too long, or was begun in another window: sign in once more.',
  please_restart_the_process:
    'That took too long, or was begun in another window: sign in once more.',
  state_not_found: 'That took too long, or was begun in another window: sign in once more.',
  access_denied: 'The provider has not let you in, or you have cancelled there.',
  invalid_code: 'The provider’s answer could not be used any more: sign in once more.',
  oauth_code_verification_failed:
    'The provider’s answer could not be verified: sign in once more, and if it goes on, Howdah’s log says more.',
  issuer_mismatch: 'The answer did not come from the provider that Howdah was told to believe.',
  issuer_missing: 'The answer did not say which provider it came from, so it was not believed.',
  email_not_found: 'The provider did not tell your e-mail address, by which you are known here.',
  email_is_missing: 'The provider did not tell your e-mail address, by which you are known here.',
  server_error: 'The provider met an error of its own: try again in a moment.',
  temporarily_unavailable: 'The provider can’t be used now: try again in a moment.',
};

/** Why somebody is back from the provider without being signed in; null: they are not. */
export function refusalByCode(code: string | null): string | null {
  if (code === null || code === '') return null;
  const known = Object.hasOwn(sentences, code) ? sentences[code] : undefined;
  return known ?? `Signing in at the provider has failed (${code.slice(0, 80)}).`;
}
