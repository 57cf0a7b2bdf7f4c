import { isZooKeeperError } from '@/lib/errors';
import { isOpenToAll, oursAlone } from '@/lib/znodes/access';
import type { ListingAccess } from '../ports';

export interface AnchorGuardOptions {
  readonly access: () => ListingAccess;
  readonly folder: string;
  /** Whether we have told ZooKeeper who we are, by a digest: else nothing can be closed to others. */
  readonly known: boolean;
}

/**
 * Sees to it that nobody else writes the anchors, as far as ZooKeeper knows us. A znode has nothing
 * of the ACL of the one it is in, and whoever may write the folder may remove what is in it: each has
 * its own. An ACL that an operator has set otherwise is left alone where it lets nobody else write.
 */
export class AnchorGuard {
  readonly #options: AnchorGuardOptions;
  /** Those that anybody may write, by path. */
  readonly #open = new Set<string>();
  readonly #seen = new Set<string>();

  constructor(options: AnchorGuardOptions) {
    this.#options = options;
  }

  /** Why the anchors prove less than they could, in a sentence. */
  get facts(): readonly string[] {
    const [path] = this.#open;
    if (path === undefined) return [];
    const may = `Anybody who reaches ZooKeeper may write the audit's anchor (${path}): `;
    return [
      this.#options.known
        ? `${may}its ACL lets Howdah change nothing of that.`
        : `${may}with ensembles[].digest it is Howdah's alone.`,
    ];
  }

  /** What an anchor is created with. */
  get creating() {
    return this.#options.known ? { access: oursAlone } : {};
  }

  /** Once in a process for each. Throws `ZooKeeperError` for what is not a matter of ACLs. */
  async see(path: string): Promise<void> {
    for (const each of [this.#options.folder, path]) {
      if (this.#seen.has(each)) continue;
      if (await this.#isOpen(each)) this.#open.add(each);
      else this.#open.delete(each);
      this.#seen.add(each);
    }
  }

  /** It has been removed, or its ACL may be another. */
  forget(path: string): void {
    this.#seen.delete(path);
  }

  async #isOpen(path: string): Promise<boolean> {
    const { access, known } = this.#options;
    try {
      const found = await access().access(path);
      if (found === null || !isOpenToAll(found.access)) return false;
      if (!known) return true;
      await access().setAccess(path, oursAlone, found.accessVersion);
      return false;
    } catch (error) {
      if (isZooKeeperError(error, 'no-auth')) return true;
      // Another Howdah was about the same.
      if (isZooKeeperError(error, 'bad-version') || isZooKeeperError(error, 'no-node'))
        return false;
      throw error;
    }
  }
}
