import type { DiskView } from '@/lib/history/history';
import { formatBytes } from '@/lib/units';

/** What history takes on its disk, in one sentence. */
export function diskSays({ bytes, bytesPerDay, budgetBytes }: DiskView): string {
  const growth =
    bytesPerDay === null ? '' : `, grows by ${formatBytes(bytesPerDay)} a day before the old goes`;
  const budget = budgetBytes === null ? '' : `, budget ${formatBytes(budgetBytes)}`;
  return `History takes ${formatBytes(bytes)}${growth}${budget}.`;
}

/** Whether it is larger than it may be: the oldest has gone, and the rest is still too much. */
export function isOverBudget({ bytes, budgetBytes }: DiskView): boolean {
  return budgetBytes !== null && bytes > budgetBytes;
}
