import { formatBytes } from '@/lib/units';
import type { KindStats, StoreStats } from '../adapters/store/stats';

/** All that `store stats` says. */
export interface Report extends StoreStats {
  readonly server: string;
  readonly budgetBytes: number | null;
  readonly spool: { readonly files: number; readonly bytes: number; readonly mostBytes: number };
}

const HEAD = ['', 'rows', 'on disk', 'a day', 'oldest', 'newest'];

/** The report for a person: figures to the right, moments by UTC. */
export function renderStats({ server, migration, kinds, spool, ...all }: Report): string {
  const total = [
    ...['total', '', formatBytes(all.bytes)],
    ...[all.bytesPerDay === null ? '' : formatBytes(all.bytesPerDay), '', ''],
  ];
  const cells = [HEAD, ...kinds.map(row), total];
  const widths = HEAD.map((_, n) => Math.max(...cells.map((line) => line[n]?.length ?? 0)));
  const table = cells.map((line) =>
    line
      .map((cell, n) => (n === 0 ? cell.padEnd(widths[n] ?? 0) : cell.padStart(widths[n] ?? 0)))
      .join('  ')
      .trimEnd(),
  );
  const budget = all.budgetBytes === null ? 'none (store.diskMb)' : formatBytes(all.budgetBytes);
  return [
    `${server}, schema ${migration}`,
    '',
    ...table,
    '',
    `Budget: ${budget}`,
    `Spool: ${formatBytes(spool.bytes)} in ${spool.files} files, of ${formatBytes(spool.mostBytes)}`,
  ].join('\n');
}

function row({ kind, counts, rows, bytes, bytesPerDay, oldest, newest }: KindStats): string[] {
  const count = rows.toLocaleString('en');
  return [
    kind,
    counts === 'chunks' ? `${count} chunks` : count,
    formatBytes(bytes),
    bytesPerDay === null ? '' : formatBytes(bytesPerDay),
    moment(oldest),
    moment(newest),
  ];
}

const moment = (at: number | null): string =>
  at === null ? '' : new Date(at).toISOString().slice(0, 16).replace('T', ' ');
