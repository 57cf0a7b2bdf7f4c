import { anchorOf } from '@/lib/audit/anchor';
import type { Head } from '@/lib/audit/chain';
import type { AuditChain, ListingAccess } from '../ports';

export interface LostParts {
  readonly chain: Pick<AuditChain, 'at'>;
  readonly access: () => ListingAccess;
  /** Where anchors are. */
  readonly folder: string;
}

/**
 * A chain that begins with its first row: had the store of that id another one before, which is gone?
 * In a sentence; null: none.
 */
export async function findLost(
  head: Head,
  store: string,
  { access, chain, folder }: LostParts,
): Promise<string | null> {
  const first = await chain.at(1);
  if (first === null || first === 'removed' || first.chain !== head.chain) return null;
  const listed = await access().children(folder, false);
  for (const name of listed?.names ?? []) {
    const found = await access().data(`${folder}/${name}`, false);
    const anchor = anchorOf(found?.data.toString('utf8') ?? '');
    if (anchor?.store !== store || anchor.chain === head.chain) continue;
    return `An audit that had been anchored up to row ${anchor.seq} is gone: ${anchor.chain}.`;
  }
  return null;
}
