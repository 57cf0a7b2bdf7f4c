import { type AuditTrouble, alarm, note } from '@/lib/audit/view';

/** What of the audit is not in the store, and will not be by itself: files put aside, entries lost. */
export function unkept(aside: number, lost: number): AuditTrouble[] {
  const files = `${aside} ${aside === 1 ? 'file' : 'files'} of the audit on disk can't be read, and stay in audit-spool for a person to look at.`;
  const entries = `${lost} entries of the audit could be kept nowhere, and are lost.`;
  return [...(aside > 0 ? [note(files)] : []), ...(lost > 0 ? [alarm(entries)] : [])];
}
