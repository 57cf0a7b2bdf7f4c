/**
 * Figures with their units, written the same everywhere: three significant digits, binary sizes as
 * PostgreSQL prints them, unknown as a word.
 */

const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** 1536 -> "1.5 kB". Null is "unknown". */
export function formatBytes(bytes: number | null): string {
  if (bytes === null) return 'unknown';
  let value = bytes;
  let size = 0;
  while (Math.abs(value) >= 1024 && size < SIZES.length - 1) {
    value /= 1024;
    size += 1;
  }
  const text = size === 0 ? String(Math.round(value)) : threeDigits(value);
  return `${text} ${size === 0 && Math.round(value) === 1 ? 'byte' : SIZES[size]}`;
}

/** 1234 -> "1.23 s". Null is "unknown". */
export function formatDuration(ms: number | null): string {
  if (ms === null) return 'unknown';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  const seconds = ms / 1000;
  if (seconds < 120) return `${threeDigits(seconds)} s`;
  const minutes = seconds / 60;
  if (minutes < 120) return `${Math.round(minutes)} min`;
  const hours = minutes / 60;
  if (hours < 48) return `${Math.round(hours)} h`;
  return `${Math.round(hours / 24)} d`;
}

/** "just now", "4 min ago". For moments in the future, as skewed clocks give: "just now". */
export function formatAge(ms: number): string {
  if (ms < 2000) return 'just now';
  if (ms < 120_000) return `${Math.floor(ms / 1000)} s ago`;
  return `${formatDuration(ms)} ago`;
}

function threeDigits(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(digits);
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}
