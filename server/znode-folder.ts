import { isZooKeeperError } from '@/lib/errors';
import type { ZnodeAccess } from './ports';

/** Makes a persistent znode with all it is in, where they are not there yet. */
export async function ensureFolder(
  access: Pick<ZnodeAccess, 'create'>,
  path: string,
): Promise<void> {
  const parts = path.split('/').filter((part) => part !== '');
  for (let depth = 1; depth <= parts.length; depth += 1) {
    try {
      await access.create(`/${parts.slice(0, depth).join('/')}`, Buffer.alloc(0));
    } catch (error) {
      if (!isZooKeeperError(error, 'exists')) throw error;
    }
  }
}
