import { z } from 'zod';
import { auditResults } from '@/lib/audit/entry';
import { isZooKeeperError } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ListingAccess } from '../ports';
import { ensureFolder } from '../znode-folder';

const shape = z.object({
  id: z.string(),
  cluster: z.string(),
  path: z.string(),
  /** Of the history. */
  seq: z.number(),
  fromVersion: z.number(),
  /** SHA-256 of the bytes that are written. */
  sha256: z.string(),
  reason: z.string(),
  /** Who asked for it, and the act of the audit that it is; older records have neither. */
  by: z.string().nullable().default(null),
  act: z.string().nullable().default(null),
  at: z.number(),
  state: z.enum(['recorded', 'done', 'not-done']),
  /** How its end was told to the audit; null: it has none, or is of an older Howdah. */
  end: z
    .object({
      at: z.number(),
      result: z.enum(auditResults),
      zxid: z.string().nullable(),
      later: z.boolean(),
    })
    .nullable()
    .default(null),
  says: z.string(),
});

/** What is meant to be done, durable before it is. It stays until the next one replaces it. */
export type RestoreRecord = z.infer<typeof shape>;

export interface StoredRestore {
  readonly record: RestoreRecord;
  readonly version: number;
}

/** The records of restores, one znode for each cluster below Howdah's root. */
export class RestoreRecords {
  readonly #folder: string;
  readonly #access: () => ListingAccess;

  constructor(root: string, access: () => ListingAccess) {
    this.#folder = `${root === '/' ? '' : root}/restores`;
    this.#access = access;
  }

  /** Which of these clusters have a record. One listing, however many there are. */
  async among(clusters: readonly ClusterId[]): Promise<readonly ClusterId[]> {
    const listed = await this.#access().children(this.#folder, false);
    const names = new Set(listed?.names);
    return clusters.filter((id) => names.has(id));
  }

  /** Null when there is none, or what stands there is none of ours. */
  async read(cluster: ClusterId): Promise<StoredRestore | null> {
    const found = await this.#access().data(this.#path(cluster), false);
    if (!found) return null;
    const read = shape.safeParse(parse(found.data));
    return read.success ? { record: read.data, version: found.stat.version } : null;
  }

  /** Writes a record over exactly what `before` was; false when that has moved. */
  async write(record: RestoreRecord, before: StoredRestore | null): Promise<StoredRestore | null> {
    const path = this.#path(record.cluster);
    const data = Buffer.from(JSON.stringify(record));
    try {
      if (before) {
        const stat = await this.#access().set(path, data, before.version);
        return { record, version: stat.version };
      }
      await ensureFolder(this.#access(), this.#folder);
      await this.#access().create(path, data);
      return { record, version: 0 };
    } catch (error) {
      const moved = ['exists', 'bad-version', 'no-node'] as const;
      if (moved.some((code) => isZooKeeperError(error, code))) return null;
      throw error;
    }
  }

  #path(cluster: ClusterId): string {
    return `${this.#folder}/${cluster}`;
  }
}

function parse(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}
