import { isZooKeeperError } from '@/lib/errors';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { type Places, placeOf } from '@/lib/znodes/place';
import type { OpenTree } from '../adapters/zookeeper/tree';
import type { Applied } from '../operations/znodes/import-apply';
import type { ImportPlan } from '../operations/znodes/import-plan';
import type { CommandAct } from './recorded';

/** What an import writes: of each cluster that it touches, and of the rest. */
export class ImportActs {
  readonly #places: Places;
  /** Paths to be written, by the cluster; null: of none. */
  readonly #wanted = new Map<ClusterId | null, string[]>();
  /** What was meant to stand in configurations, and by which write it does. */
  readonly #configs = new Map<string, { readonly data: Buffer; zxid: string | null }>();

  constructor({ verdicts }: ImportPlan, places: Places, { overwrite }: { overwrite: boolean }) {
    this.#places = places;
    for (const [path, { is }] of verdicts) {
      if (is !== 'create' && is !== 'complete' && !(is === 'differs' && overwrite)) continue;
      const cluster = placeOf(path, places)?.cluster ?? null;
      const paths = this.#wanted.get(cluster);
      if (paths) paths.push(path);
      else this.#wanted.set(cluster, [path]);
    }
  }

  acts(detail: { readonly [name: string]: string | boolean }): CommandAct[] {
    const { ensemble } = this.#places;
    return [...this.#wanted].map(([cluster, paths]) => ({
      ...{ action: 'znodes-import', cluster },
      detail: { ensemble, ...detail, znodes: paths.length, first: paths[0] ?? '' },
    }));
  }

  /** The tree, with its writes of configurations noted: by their numbers they are known as ours. */
  noting(tree: OpenTree): OpenTree {
    const isConfig = (path: string) => placeOf(path, this.#places)?.isConfig ?? false;
    const wrote = (path: string, data: Buffer, zxid: string | null) => {
      if (isConfig(path)) this.#configs.set(path, { data, zxid });
    };
    return {
      ...tree,
      create: (path, data, options) => {
        wrote(path, data, null);
        return tree.create(path, data, options);
      },
      set: async (path, data, version) => {
        wrote(path, data, null);
        const stat = await tree.set(path, data, version);
        wrote(path, data, stat.mzxid);
        return stat;
      },
    };
  }

  /** Where an answer was lost, or says no number, what stands there says whether it was ours. */
  async settle(tree: OpenTree): Promise<void> {
    for (const [path, config] of this.#configs) {
      if (config.zxid !== null) continue;
      const found = await tree.data(path, false).catch((error: unknown) => {
        if (isZooKeeperError(error, 'no-auth')) return null;
        throw error;
      });
      if (found?.data.equals(config.data)) config.zxid = found.stat.mzxid;
    }
  }

  /** What became of each, in the order of the acts; null: it did not come to its end. */
  ended(applied: Applied | null) {
    const undone = new Set([
      ...(applied?.moved ?? []),
      ...(applied?.failed ?? []).map(({ path }) => path),
    ]);
    return [...this.#wanted.values()].map((paths) => {
      const zxid = paths.map((path) => this.#configs.get(path)?.zxid).find((one) => one != null);
      const cost = { zxid: zxid ?? null };
      if (applied === null) return { cost };
      const left = paths.filter((path) => undone.has(path)).length;
      const says = `${paths.length - left} of ${paths.length} znodes were imported.`;
      return { cost, says, result: left === 0 ? ('done' as const) : ('failed' as const) };
    });
  }
}
