/** Path -> when first noticed, in the order of age. */
type Paths = Map<string, number>;

interface Head {
  readonly group: string;
  readonly path: string;
  readonly since: number;
}

/**
 * Paths that wait to be read, oldest first. Those of one group (one cluster) are taken together, as
 * old as the oldest of them: a cluster whose members all changed is then put together once, not
 * once for each. Groups that somebody looks at stand in a queue of their own.
 */
export class DirtySet {
  /** Groups in the order of age. */
  readonly #attended = new Map<string, Paths>();
  readonly #others = new Map<string, Paths>();
  readonly #groupOf = new Map<string, string>();
  #attention: ReadonlySet<string> = new Set();

  get size(): number {
    return this.#groupOf.size;
  }

  /** The path that has waited longest: of a group, its oldest. */
  get oldest(): { readonly path: string; readonly since: number } | null {
    const [a, b] = [headOf(this.#attended), headOf(this.#others)];
    const head = a && (!b || a.since <= b.since) ? a : b;
    return head && { path: head.path, since: head.since };
  }

  /** From now on somebody looks at these groups. Where one waits already, it keeps its place. */
  attend(groups: ReadonlySet<string>): void {
    this.#attention = groups;
  }

  /** Noticing a path again changes nothing: it keeps its age. */
  add(path: string, group: string, now: number): void {
    if (this.#groupOf.has(path)) return;
    this.#groupOf.set(path, group);
    const waiting = this.#attended.get(group) ?? this.#others.get(group);
    if (waiting) waiting.set(path, now);
    else this.#queueFor(group).set(group, new Map([[path, now]]));
  }

  delete(path: string): void {
    const group = this.#groupOf.get(path);
    if (group === undefined) return;
    this.#groupOf.delete(path);
    for (const queue of [this.#attended, this.#others]) {
      const paths = queue.get(group);
      paths?.delete(path);
      if (paths?.size === 0) queue.delete(group);
    }
  }

  /**
   * Takes up to so many, oldest group first; but up to half of them of groups that somebody looks
   * at and that have waited since `overdue` or longer, whatever is older. What is left of a group
   * queues up again at the end, so that a large one that never rests can't hold up the others.
   */
  take(most: number, overdue = Number.NEGATIVE_INFINITY): string[] {
    const taken: string[] = [];
    const favoured = Math.ceil(most / 2);
    while (taken.length < most) {
      const [a, b] = [headOf(this.#attended), headOf(this.#others)];
      const favour = a !== null && a.since <= overdue && taken.length < favoured;
      if (a && (favour || !b || a.since <= b.since)) {
        this.#takeGroup(this.#attended, a.group, { taken, most: favour ? favoured : most });
      } else if (b) {
        this.#takeGroup(this.#others, b.group, { taken, most });
      } else {
        break;
      }
    }
    return taken;
  }

  clear(): void {
    this.#attended.clear();
    this.#others.clear();
    this.#groupOf.clear();
  }

  #queueFor(group: string): Map<string, Paths> {
    return this.#attention.has(group) ? this.#attended : this.#others;
  }

  #takeGroup(
    queue: Map<string, Paths>,
    group: string,
    { taken, most }: { readonly taken: string[]; readonly most: number },
  ): void {
    const paths = queue.get(group) ?? new Map();
    for (const path of paths.keys()) {
      if (taken.length >= most) break;
      taken.push(path);
      paths.delete(path);
      this.#groupOf.delete(path);
    }
    queue.delete(group);
    if (paths.size > 0) this.#queueFor(group).set(group, paths);
  }
}

function headOf(queue: ReadonlyMap<string, Paths>): Head | null {
  for (const [group, paths] of queue) {
    for (const [path, since] of paths) return { group, path, since };
  }
  return null;
}
