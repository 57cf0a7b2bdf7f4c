import { expect, test } from 'vitest';
import { formatAge, formatBytes, formatDuration } from './units';

test.each([
  [null, 'unknown'],
  [0, '0 bytes'],
  [1, '1 byte'],
  [1023, '1023 bytes'],
  [1024, '1 kB'],
  [1536, '1.5 kB'],
  [1_048_576, '1 MB'],
  [15_000_000, '14.3 MB'],
  [100 * 1024 ** 2, '100 MB'],
  [1.25 * 1024 ** 3, '1.25 GB'],
  [5 * 1024 ** 5, '5 PB'],
  [5000 * 1024 ** 5, '5000 PB'],
])('%s bytes are %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [null, 'unknown'],
  [0, '0 ms'],
  [999.4, '999 ms'],
  [1000, '1 s'],
  [1234, '1.23 s'],
  [1500, '1.5 s'],
  [20_000, '20 s'],
  [119_000, '119 s'],
  [120_000, '2 min'],
  [7_200_000, '2 h'],
  [172_800_000, '2 d'],
])('%s ms last %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test.each([
  [-500, 'just now'],
  [1999, 'just now'],
  [2000, '2 s ago'],
  [119_999, '119 s ago'],
  [240_000, '4 min ago'],
])('%s ms is %s', (ms, text) => expect(formatAge(ms)).toBe(text));
