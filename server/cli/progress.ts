import type { Progress } from '../adapters/store/backup-format';

/** What is over sooner needs no display. */
const FIRST_MS = 1000;
/** A terminal's line is written over; elsewhere each is a line to keep. */
const terminalMs = 200;
const elsewhereMs = 10_000;

/** Says on stderr how far something has come, once it has taken a second. */
export function showProgress(verb: string): { note(progress: Progress): void; end(): void } {
  const apart = process.stderr.isTTY ? terminalMs : elsewhereMs;
  const began = Date.now();
  let last = began + FIRST_MS - apart;
  let shown = false;
  return {
    note: ({ table, tables, rows }) => {
      const now = Date.now();
      if (now - last < apart) return;
      last = now;
      shown = true;
      const says = `${verb}: ${rows.toLocaleString('en')} rows, ${tables} tables done, now ${table}`;
      process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${says}` : `${says}\n`);
    },
    end: () => {
      if (shown && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    },
  };
}
