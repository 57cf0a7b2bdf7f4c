/** A moment as a field for dates has it, in the reader's zone, to the minute. */
export function inputOf(at: number | null): string {
  if (at === null) return '';
  const local = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = [local.getFullYear(), two(local.getMonth() + 1), two(local.getDate())].join('-');
  return `${day}T${two(local.getHours())}:${two(local.getMinutes())}`;
}

/** The moment that such a field says; null: none. */
export function momentOf(text: string): number | null {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? new Date(text).getTime() : Number.NaN;
  return at >= 0 ? at : null;
}
