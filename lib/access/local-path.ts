/** A page of this Howdah as an address names it; null: it may lead elsewhere. */
export function localPath(to: string): string | null {
  const base = 'http://howdah';
  if (!to.startsWith('/') || !URL.canParse(to, base)) return null;
  const { origin, pathname, search, hash } = new URL(to, base);
  if (origin !== base || pathname.startsWith('//')) return null;
  return `${pathname}${search}${hash}`;
}
