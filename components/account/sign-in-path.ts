import { localPath } from '@/lib/access/local-path';

export const SIGN_IN = '/sign-in';

/** Where to go after signing in: a page of this Howdah, and not the way in again. Else the fleet. */
export function pathAfter(to: string | null): string {
  const path = to === null ? null : localPath(to);
  if (path === null || /^\/(sign-in(?![^/?#])|api\/)/.test(path)) return '/';
  return path;
}

/** The way in that leads back to where somebody is. */
export function signInPath(here: string): string {
  const to = pathAfter(here);
  return to === '/' ? SIGN_IN : `${SIGN_IN}?to=${encodeURIComponent(to)}`;
}
