import type { Account } from '@/lib/access/account';

/** Whether there is a password of theirs here: who signs in at the provider alone has none. */
export const hasPassword = ({ logins }: { readonly logins: Account['logins'] | null }): boolean =>
  logins === null || logins.includes('password');
