import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ClusterEvent } from '@/lib/topology/event';
import { FolderSpool } from './spool';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'howdah-spool-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const event = (seq: number): ClusterEvent => ({
  ...{ seq, at: seq, cluster: 'a', code: 'operation', member: 'pg-ä' },
  says: 'a line\nand "another"',
});

const recordsIn = async (spool: FolderSpool) =>
  (await spool.oldest(1000)).flatMap(({ records }) => records);

test('what was appended is there for the next process, oldest first, until it is dropped', async () => {
  const first = await FolderSpool.open(folder, 1e6);
  expect(await first.append([event(9), event(10)])).toBe(true);
  expect(await first.append([event(1_764_000_000_000_000)])).toBe(true);
  const second = await FolderSpool.open(folder, 1e6);
  expect([second.records, second.bytes]).toEqual([3, first.bytes]);
  const [oldest, ...others] = await second.oldest(1);
  expect(oldest?.records).toEqual([event(9), event(10)]);
  expect(others).toEqual([]);
  expect(await second.oldest(9)).toHaveLength(2);
  // More than was asked for only where one batch is.
  expect(await second.oldest(2)).toHaveLength(1);
  if (oldest) await second.drop(oldest);
  expect(await recordsIn(second)).toEqual([event(1_764_000_000_000_000)]);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a batch that was only half written was never promised, and is not there', async () => {
  writeFileSync(join(folder, '0000000000000005.jsonl.new'), '{"seq":5,');
  const spool = await FolderSpool.open(folder, 1e6);
  expect(await spool.oldest(9)).toEqual([]);
  expect(readdirSync(folder)).toEqual([]);
});

test('what has no room is refused, and room comes back by dropping', async () => {
  // A file takes a block at the least.
  const spool = await FolderSpool.open(folder, 6000);
  expect(await spool.append([event(1)])).toBe(true);
  expect(await spool.append([event(2)])).toBe(false);
  const [oldest] = await spool.oldest(1);
  if (oldest) await spool.drop(oldest);
  expect(await spool.append([event(2)])).toBe(true);
});

test('what is being lost is known to the next process, until it is settled', async () => {
  const gap = { from: 1, until: 2, lost: 3 };
  await (await FolderSpool.open(folder, 1e6)).noteLosing(gap);
  const second = await FolderSpool.open(folder, 1e6);
  expect(second.losing).toEqual(gap);
  await second.noteLosing(null);
  expect((await FolderSpool.open(folder, 1e6)).losing).toBeNull();
});

test('a file that holds no records is put aside, and stands in nobody’s way', async () => {
  writeFileSync(join(folder, '0000000000000001.jsonl'), 'no event\n');
  const spool = await FolderSpool.open(folder, 1e6);
  await spool.append([event(2)]);
  expect(await recordsIn(spool)).toEqual([event(2)]);
  expect(spool.records).toBe(1);
  expect(readdirSync(folder)).toContain('0000000000000001.jsonl.unreadable');
});

test('what the disk does not give now stays where it is, and is there once it does', async () => {
  const spool = await FolderSpool.open(folder, 1e6);
  await spool.append([event(1)]);
  const file = join(folder, '0000000000000001.jsonl');
  renameSync(file, `${file}.was`);
  // A folder can't be read as a file, as little as a disk that fails.
  mkdirSync(file);
  await expect(spool.oldest(9)).rejects.toMatchObject({ code: 'EISDIR' });
  rmdirSync(file);
  renameSync(`${file}.was`, file);
  expect(await recordsIn(spool)).toEqual([event(1)]);
  expect(spool.aside).toBe(0);
});

test('what another process writes at its end, once this one has looked, is seen', async () => {
  const first = await FolderSpool.open(folder, 1e6);
  const second = await FolderSpool.open(folder, 1e6);
  await first.append([event(1)]);
  expect(await recordsIn(second)).toEqual([event(1)]);
  expect(second.records).toBe(1);
});
