/**
 * Paths that wait to be read, oldest first. Those of one group (one cluster) are taken together, as
 * old as the oldest of them: a cluster whose members all changed is then put together once, not
 * once for each.
 */
export class DirtySet {
  /** Group -> path -> when first noticed. Both in the order of age. */
  readonly #groups = new Map<string, Map<string, number>>();
  readonly #groupOf = new Map<string, string>();

  get size(): number {
    return this.#groupOf.size;
  }

  /** The path that has waited longest: of a group, its oldest. */
  get oldest(): { readonly path: string; readonly since: number } | null {
    for (const paths of this.#groups.values()) {
      for (const [path, since] of paths) return { path, since };
    }
    return null;
  }

  /** Noticing a path again changes nothing: it keeps its age. */
  add(path: string, group: string, now: number): void {
    if (this.#groupOf.has(path)) return;
    this.#groupOf.set(path, group);
    const paths = this.#groups.get(group);
    if (paths) paths.set(path, now);
    else this.#groups.set(group, new Map([[path, now]]));
  }

  delete(path: string): void {
    const group = this.#groupOf.get(path);
    if (group === undefined) return;
    this.#groupOf.delete(path);
    const paths = this.#groups.get(group);
    paths?.delete(path);
    if (paths?.size === 0) this.#groups.delete(group);
  }

  /**
   * Takes up to so many, oldest group first. What is left of a group queues up again at the end, so
   * that a large one that never rests can't hold up the others.
   */
  take(most: number): string[] {
    const taken: string[] = [];
    for (const [group, paths] of this.#groups) {
      if (taken.length >= most) break;
      for (const path of paths.keys()) {
        if (taken.length >= most) break;
        taken.push(path);
        paths.delete(path);
        this.#groupOf.delete(path);
      }
      this.#groups.delete(group);
      if (paths.size > 0) this.#groups.set(group, paths);
    }
    return taken;
  }

  clear(): void {
    this.#groups.clear();
    this.#groupOf.clear();
  }
}
