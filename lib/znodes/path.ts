/** The names of a path, however many slashes stand between, before and behind them. */
export function namesOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '');
}

/**
 * An absolute path as ZooKeeper writes it, without slashes at its end; null where it takes no such
 * path.
 */
export function absolutePath(text: string): string | null {
  if (!text.startsWith('/')) return null;
  const path = text.replace(/\/+$/, '') || '/';
  return path === '/' || isRelativePath(path.slice(1)) ? path : null;
}

/** Whether this may stand below a root: names with single slashes between them. */
export function isRelativePath(text: string): boolean {
  return text.split('/').every((name) => !['', '.', '..'].includes(name) && !hasForbidden(name));
}

/** Characters that ZooKeeper takes in no path; those that would move a terminal are among them. */
function hasForbidden(name: string): boolean {
  for (let i = 0; i < name.length; i += 1) {
    const code = name.charCodeAt(i);
    if (code <= 0x1f || (code >= 0x7f && code <= 0x9f)) return true;
    if ((code >= 0xd800 && code <= 0xf8ff) || code >= 0xfff0) return true;
  }
  return false;
}

/** The path of what stands at `relative` below `root`; the root itself for nothing. */
export function joinPath(root: string, relative: string): string {
  if (relative === '') return root;
  return root === '/' ? `/${relative}` : `${root}/${relative}`;
}

/** The path that one is a child of; null for the root of everything. */
export function parentOf(path: string): string | null {
  if (path === '/') return null;
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
