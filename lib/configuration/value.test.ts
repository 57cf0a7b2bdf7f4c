import fc from 'fast-check';
import { expect, test } from 'vitest';
import { someParameters } from './facts-for-tests';
import { readValue } from './value';

const read = (name: string, written: unknown) => {
  const fact = someParameters[name];
  if (!fact) throw new Error(`no ${name}`);
  const result = readValue(written, fact);
  return result.is === 'value' ? result.value : `! ${result.why}`;
};

test('a size is the same in whatever unit it is written', () => {
  for (const written of ['64MB', ' 64 MB', '65536kB', '65536', 65536, '0.0625GB', '0x10000']) {
    expect(read('work_mem', written)).toBe(65536);
  }
  expect(read('shared_buffers', '64MB')).toBe(read('shared_buffers', '8192'));
  expect(read('shared_buffers', '1GB')).toBe(131_072);
});

test('so is a time, and what is left over is rounded as PostgreSQL does', () => {
  for (const written of ['5min', '300s', 300, '300000ms', '0.0833333h']) {
    expect(read('checkpoint_timeout', written)).toBe(300);
  }
  expect(read('vacuum_cost_delay', '1500us')).toBe(1.5);
  expect(read('work_mem', '4097.4kB')).toBe(4097);
  expect(read('work_mem', '30.1GB')).toBe(Math.round(30.1 * 1024) * 1024);
  expect(read('work_mem', '1e5')).toBe(100_000);
});

test('numbers are octal where they begin with 0, as modes of files are', () => {
  expect(read('log_file_mode', '0640')).toBe(0o640);
  expect(read('log_file_mode', 640)).toBe('! must be at most 511, and is "640"');
});

test('a real is what PostgreSQL prints of it', () => {
  expect(read('checkpoint_completion_target', 0.9)).toBe(0.9);
  expect(read('checkpoint_completion_target', '9e-1')).toBe(0.9);
  expect(read('checkpoint_completion_target', 1 / 3)).toBe(0.333333);
});

test('words are the same in whatever case, and by the names that PostgreSQL does not list', () => {
  for (const on of ['on', 'ON', true, 'true', 't', 'yes', 'y', 1, '1']) {
    expect(read('autovacuum', on)).toBe(true);
  }
  for (const off of ['off', 'of', false, 'f', 'no', 0]) expect(read('autovacuum', off)).toBe(false);
  expect(read('autovacuum', 'o')).toBe('! must be on or off, and is "o"');
  expect(read('wal_compression', true)).toBe('on');
  expect(read('wal_compression', 'LZ4')).toBe('lz4');
  expect(read('wal_level', 'hot_standby')).toBe('replica');
  expect(read('timezone', 'utc')).toBe(read('timezone', 'UTC'));
});

test('nonsense says what was expected', () => {
  expect(read('max_connections', '100MB')).toBe('! takes no unit, and is "100MB"');
  expect(read('work_mem', 'much')).toBe('! must be a number, and is "much"');
  expect(read('work_mem', '5min')).toMatch(/^! must have one of the units B, kB/);
  expect(read('statement_timeout', -1)).toBe('! must be at least 0 (in ms), and is "-1"');
  expect(read('work_mem', null)).toBe('! has no value');
  expect(read('work_mem', ['4MB'])).toBe('! must be one value, and is several');
});

test('a number is read as itself in every unit that measures it exactly', () => {
  const units = { kB: 1, MB: 1024, GB: 1024 ** 2 } as const;
  fc.assert(
    fc.property(
      fc.integer({ min: 64, max: 2000 }),
      fc.constantFrom('kB', 'MB', 'GB' as const),
      (number, unit) => {
        const size = number * units[unit as keyof typeof units];
        fc.pre(size <= 2_147_483_647);
        expect(read('work_mem', `${number}${unit}`)).toBe(size);
        expect(read('work_mem', `${number} ${unit}`)).toBe(read('work_mem', size));
      },
    ),
  );
});

test('nothing that anybody writes is taken without being understood', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(someParameters)), fc.anything(), (name, written) => {
      fc.pre(typeof written !== 'symbol' && !(typeof written === 'object' && written !== null));
      const value = read(name, written);
      if (typeof value === 'number') expect(Number.isFinite(value)).toBe(true);
    }),
  );
});
