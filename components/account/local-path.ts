/** Where to go after signing in: a page of this Howdah, and not the way in again. Else the fleet. */
export function localPath(to: string | null): string {
  const base = 'http://howdah';
  if (to === null || !to.startsWith('/') || !URL.canParse(to, base)) return '/';
  const { origin, pathname, search, hash } = new URL(to, base);
  if (origin !== base || pathname.startsWith('//')) return '/';
  if (pathname === SIGN_IN || pathname.startsWith('/api/')) return '/';
  return `${pathname}${search}${hash}`;
}

export const SIGN_IN = '/sign-in';

/** The way in that leads back to where somebody is. */
export function signInPath(here: string): string {
  const to = localPath(here);
  return to === '/' ? SIGN_IN : `${SIGN_IN}?to=${encodeURIComponent(to)}`;
}
