import type { Progress } from '../adapters/store/backup-format';

/** What is over sooner needs no display. */
const FIRST_MS = 1000;
/** A terminal's line is written over; elsewhere each is a line to keep. */
const terminalMs = 200;
const elsewhereMs = 10_000;

interface Shown<T> {
  note(progress: T): void;
  end(): void;
}

/** Says on stderr how far something has come, once it has taken a second. */
export const showProgress = (verb: string): Shown<Progress> =>
  show(verb, ({ table, tables, rows }) => `${counted(rows)}, ${tables} tables done, now ${table}`);

/** The same of what is nothing but rows. */
export const showRows = (verb: string): Shown<number> => show(verb, counted);

const counted = (rows: number): string => `${rows.toLocaleString('en')} rows`;

function show<T>(verb: string, inWords: (progress: T) => string): Shown<T> {
  const apart = process.stderr.isTTY ? terminalMs : elsewhereMs;
  const began = Date.now();
  let last = began + FIRST_MS - apart;
  let shown = false;
  return {
    note: (progress) => {
      const now = Date.now();
      if (now - last < apart) return;
      last = now;
      shown = true;
      const says = `${verb}: ${inWords(progress)}`;
      process.stderr.write(process.stderr.isTTY ? `\r\x1b[K${says}` : `${says}\n`);
    },
    end: () => {
      if (shown && process.stderr.isTTY) process.stderr.write('\r\x1b[K');
    },
  };
}
