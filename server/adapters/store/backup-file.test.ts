import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FileExists, partsOf, writeWhole } from './backup-file';
import { Encoder, NotABackup, type Part } from './backup-format';

const folder = mkdtempSync(join(tmpdir(), 'howdah-backup-'));
const file = join(folder, 'backup');
afterAll(() => rmSync(folder, { recursive: true }));

const header: Part = {
  is: 'header',
  ...{ format: 'howdah backup', version: 1, at: '2026-03-31T00:00:00.000Z', server: '18.4' },
  migration: { when: 1, name: '0000_events' },
};
const table = { is: 'table', columns: ['a'], parent: null, bound: null, divided: null } as const;
/** Longer than what is read at once, and than what one frame holds. */
const long = Buffer.from(`${'long '.repeat(600_000)}\n`);
const parts: Part[] = [
  header,
  { ...table, name: 'event' },
  { is: 'rows', bytes: Buffer.from('1\tfirst\\nline\n2\tpg-a\n') },
  { is: 'end of table', rows: 2 },
  { ...table, name: 'empty' },
  { is: 'end of table', rows: 0 },
  { is: 'end', tables: 2, rows: 2, sequences: [{ name: 's', last: '9' }] },
];

async function* encoded(all: readonly Part[]) {
  const encoder = new Encoder();
  for (const part of all) yield* encoder.encode(part);
}

async function read(path: string) {
  const all: Part[] = [];
  for await (const part of partsOf(path)) all.push(part);
  return JSON.stringify(all);
}

test('what is written is read again, however long', async () => {
  await writeWhole(file, encoded(parts), { replace: true });
  expect(await read(file)).toContain('0000_events');
  const rows: Part[] = [
    { ...table, name: 't' },
    { is: 'rows', bytes: long },
    { is: 'end of table', rows: 1 },
    { is: 'end', tables: 1, rows: 1, sequences: [] },
  ];
  const other = `${file}.long`;
  await writeWhole(other, encoded([header, ...rows]), { replace: true });
  const bytes: Buffer[] = [];
  for await (const part of partsOf(other)) if (part.is === 'rows') bytes.push(part.bytes);
  expect(bytes.length).toBeGreaterThan(1);
  expect(Buffer.concat(bytes).equals(long)).toBe(true);
});

test('no bit of it can be altered, and no byte cut off, unless it says the same', async () => {
  await writeWhole(file, encoded(parts), { replace: true });
  const whole = readFileSync(file);
  const said = await read(file);
  const damaged = `${file}.damaged`;
  for (let bit = 0; bit < whole.length * 8; bit += 1) {
    const bytes = Buffer.from(whole);
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    writeFileSync(damaged, bytes);
    // gzip has a few bits that mean nothing.
    expect([said, 'refused']).toContain(await readOrRefused(damaged));
  }
  for (let length = 0; length < whole.length; length += 1) {
    writeFileSync(damaged, whole.subarray(0, length));
    expect(await readOrRefused(damaged)).toBe('refused');
  }
});

async function readOrRefused(path: string): Promise<string> {
  return read(path).catch((error) => {
    expect(error).toBeInstanceOf(NotABackup);
    return 'refused';
  });
}

test('what fails leaves nothing behind, however early', async () => {
  const before = readdirSync(folder);
  // biome-ignore lint/correctness/useYield: it fails before it has anything.
  async function* failing(): AsyncGenerator<Buffer> {
    throw new Error('the store is away');
  }
  for (let n = 0; n < 50; n += 1) {
    await expect(writeWhole(`${file}.none`, failing(), { replace: false })).rejects.toThrow('away');
  }
  expect(readdirSync(folder)).toEqual(before);
});

test('a file that appears meanwhile is not replaced', async () => {
  const late = `${file}.late`;
  async function* bytes() {
    yield* encoded(parts);
    writeFileSync(late, 'mine');
  }
  await expect(writeWhole(late, bytes(), { replace: false })).rejects.toThrow(FileExists);
  expect(readFileSync(late, 'utf8')).toBe('mine');
});
