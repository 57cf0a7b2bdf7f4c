import type { RolledUp } from '@/lib/history/lag';
import { holdsRows, type Table } from './catalog';
import { sizeOf } from './measures';

/** Where room is made first: what coarser figures tell as well. All else goes last, as it comes. */
const FINEST_FIRST = ['lag_chunk_samples', 'lag_chunk_10s', 'lag_chunk_1m', 'lag_chunk_1h'];

export interface Budget {
  readonly budgetBytes: number;
  readonly made: RolledUp;
  readonly now: number;
}

/**
 * The partitions that have to go so that the rest fits, in the order in which they go. It may not
 * be enough: what is not divided by time stays, and so does the newest partition of each table.
 */
export function overBudget(tables: readonly Table[], { budgetBytes, made, now }: Budget): Table[] {
  let bytes = sizeOf(tables);
  const doomed: Table[] = [];
  for (const table of inTurn(tables.filter(holdsRows))) {
    if (bytes <= budgetBytes) break;
    if (!mayGo(table, tables, { made, now })) continue;
    doomed.push(table);
    bytes -= table.bytes;
  }
  return doomed;
}

function inTurn(tables: readonly Table[]): Table[] {
  const place = ({ root }: Table) => {
    const index = FINEST_FIRST.indexOf(root);
    return index === -1 ? FINEST_FIRST.length : index;
  };
  return [...tables].sort((a, b) => place(a) - place(b) || (a.until ?? 0) - (b.until ?? 0));
}

function mayGo(
  { root, until }: Table,
  tables: readonly Table[],
  { made, now }: Omit<Budget, 'budgetBytes'>,
): boolean {
  if (until === null || until > now) return false;
  const hasNewer = tables.some((one) => one.root === root && (one.until ?? 0) > until);
  return hasNewer && until <= neededFrom(root, made);
}

/** What of it is later than this is still to be rolled up. */
function neededFrom(root: string, made: RolledUp): number {
  switch (root) {
    case 'lag_chunk_samples':
      return made['10s'];
    case 'lag_chunk_10s':
      return made['1m'];
    case 'lag_chunk_1m':
      return made['1h'];
    default:
      return Number.POSITIVE_INFINITY;
  }
}
