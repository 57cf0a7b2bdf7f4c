import { createHash } from 'node:crypto';

interface Cookie {
  readonly name: string;
  readonly value: string;
}

/**
 * Tells one signed-in browser's session from the next without saying anything of it: what is kept
 * for one person, as by the worker that tabs share, must not be found by whoever signs in after.
 */
export function sessionMark(cookies: readonly Cookie[]): string {
  const own = cookies
    .filter(({ name }) => /^(__Secure-)?howdah\./.test(name))
    .map(({ name, value }) => `${name}=${value}`)
    .sort();
  return createHash('sha256').update(own.join(';')).digest('hex').slice(0, 16);
}
