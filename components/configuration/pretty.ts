import { diffLines } from 'diff';
import type { KeptVersion } from '@/lib/history/znode-version';

export interface DiffLine {
  readonly key: string;
  readonly is: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** JSON a setting a line, with its names in order, so that only what differs differs. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(ordered(JSON.parse(text)), null, 2);
  } catch {
    return text;
  }
}

function ordered(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, part]) => [name, ordered(part)]),
  );
}

/** A version as lines; null where it is nothing that can be shown as text. */
export function textOf(version: KeptVersion | null): string | null {
  if (version === null || version.znode === null) return '';
  return version.znode.text === null ? null : pretty(version.znode.text);
}

/** Line by line, what became of one text in the other. */
export function diffOf(before: string, after: string): readonly DiffLine[] {
  const ending = (text: string) => (text === '' || text.endsWith('\n') ? text : `${text}\n`);
  return diffLines(ending(before), ending(after)).flatMap(({ value, added, removed }, part) =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map(
        (text, n): DiffLine => ({
          key: `${part} ${n}`,
          is: added ? 'added' : removed ? 'removed' : 'same',
          text,
        }),
      ),
  );
}
