/** Where each member stands in the drawing. Pure: the same shape and width give the same picture. */
export interface DrawnMember {
  readonly name: string;
  readonly isLeader: boolean;
  /** Thinks of itself as the one that writes, whoever has the leader key. */
  readonly leads: boolean;
  readonly missing: boolean;
  /** The member it streams from, as far as that is known. */
  readonly upstream: string | null;
  readonly replicateFrom: string | null;
}

export interface Shape {
  readonly members: readonly DrawnMember[];
  /** Who led last, as the history tells: a missing leader keeps its place until another has it. */
  readonly lastLeader: string | null;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Feed {
  readonly from: string | null;
  readonly to: string;
  readonly path: string;
  readonly label: Place;
}

export interface Drawing {
  /** `tiers`: leader above, standbys side by side. `tree`: below each other, for narrow places. */
  readonly mode: 'tiers' | 'tree';
  readonly card: { readonly width: number; readonly height: number };
  readonly places: ReadonlyMap<string, Place>;
  /** Where a leader would stand, when there is none to stand there. */
  readonly vacancy: Place | null;
  readonly feeds: readonly Feed[];
  readonly height: number;
}

const WIDEST = 240;
const NARROWEST = 184;
const GAP = 16;
const INDENT = 28;

interface Tree {
  readonly name: string | null;
  readonly children: readonly Tree[];
}

/** `scale` is the reader's font size over 16 px: cards grow with their text. */
export function draw(shape: Shape, width: number, scale = 1): Drawing {
  const tree = treeOf(shape);
  const leaves = countLeaves(tree);
  const fitting = Math.floor((width - GAP * (leaves - 1)) / leaves);
  return fitting >= NARROWEST * scale
    ? drawTiers(tree, { width, card: Math.min(WIDEST * scale, fitting) }, scale)
    : drawTree(tree, width, scale);
}

function treeOf({ members, lastLeader }: Shape): Tree {
  const byName = new Map(members.map((m) => [m.name, m]));
  const root =
    members.find((m) => m.isLeader) ??
    members.find((m) => m.leads && !m.missing) ??
    members.find((m) => m.missing && m.name === lastLeader) ??
    null;
  const parents = new Map<string, string | null>();
  for (const member of members) {
    if (member === root) continue;
    const told = [member.upstream, member.replicateFrom].find(
      (name) => name !== null && name !== member.name && byName.has(name),
    );
    parents.set(member.name, told ?? root?.name ?? null);
  }
  // While roles turn round, two members may each name the other: neither then hangs on the root.
  for (const name of parents.keys()) {
    if (!reachesRoot(name, parents)) parents.set(name, root?.name ?? null);
  }
  const collator = new Intl.Collator('en', { numeric: true });
  const grow = (name: string | null): Tree => ({
    name,
    children: [...parents]
      .filter(([, parent]) => parent === name)
      .map(([child]) => child)
      .sort(collator.compare)
      .map(grow),
  });
  return grow(root?.name ?? null);
}

function reachesRoot(name: string, parents: ReadonlyMap<string, string | null>): boolean {
  let at: string | null | undefined = name;
  for (let steps = 0; steps <= parents.size; steps += 1) {
    at = parents.get(at);
    if (at === null || at === undefined) return true;
  }
  return false;
}

function countLeaves(tree: Tree): number {
  return tree.children.length === 0
    ? 1
    : tree.children.reduce((sum, child) => sum + countLeaves(child), 0);
}

function drawTiers(
  tree: Tree,
  { width, card }: { readonly width: number; readonly card: number },
  scale: number,
): Drawing {
  const height = Math.round(96 * scale);
  const tier = height + Math.round(72 * scale);
  const span = countLeaves(tree) * (card + GAP) - GAP;
  const places = new Map<string, Place>();
  const feeds: Feed[] = [];
  let vacancy: Place | null = null;
  let next = Math.max(0, (width - span) / 2);
  let deepest = 0;

  const stand = (at: Tree, depth: number): Place => {
    deepest = Math.max(deepest, depth);
    const below = at.children.map((child) => stand(child, depth + 1));
    const first = below[0];
    const last = below.at(-1);
    let x = next;
    if (first && last) x = (first.x + last.x) / 2;
    else next += card + GAP;
    const place = { x: Math.round(x), y: depth * tier };
    if (at.name === null) vacancy = place;
    else places.set(at.name, place);
    at.children.forEach((child, n) => {
      const to = below[n];
      if (to && child.name !== null) feeds.push(arc(at.name, child.name, { from: place, to }));
    });
    return place;
  };
  const arc = (from: string | null, to: string, ends: { from: Place; to: Place }): Feed => {
    const sx = Math.round(ends.from.x + card / 2);
    const sy = ends.from.y + height;
    const tx = Math.round(ends.to.x + card / 2);
    const ty = ends.to.y;
    const bend = Math.round((ty - sy) * 0.55);
    return {
      from,
      to,
      path: `M${sx} ${sy}C${sx} ${sy + bend} ${tx} ${ty - bend} ${tx} ${ty}`,
      label: { x: tx, y: ty - Math.round(22 * scale) },
    };
  };
  stand(tree, 0);
  return {
    mode: 'tiers',
    card: { width: card, height },
    places,
    vacancy,
    feeds,
    height: deepest * tier + height,
  };
}

function drawTree(tree: Tree, width: number, scale: number): Drawing {
  const height = Math.round(96 * scale);
  const row = height + Math.round(40 * scale);
  const depthOf = (at: Tree): number => 1 + Math.max(0, ...at.children.map(depthOf));
  const card = Math.max(120, Math.min(320 * scale, width - INDENT * (depthOf(tree) - 1)));
  const places = new Map<string, Place>();
  const feeds: Feed[] = [];
  let vacancy: Place | null = null;
  let line = 0;

  const stand = (at: Tree, depth: number): Place => {
    const place = { x: depth * INDENT, y: line * row };
    line += 1;
    if (at.name === null) vacancy = place;
    else places.set(at.name, place);
    for (const child of at.children) {
      const to = stand(child, depth + 1);
      if (child.name === null) continue;
      const sx = place.x + INDENT / 2;
      const ty = to.y + height / 2;
      feeds.push({
        from: at.name,
        to: child.name,
        path: `M${sx} ${place.y + height}L${sx} ${ty - 8}Q${sx} ${ty} ${sx + 8} ${ty}L${to.x} ${ty}`,
        label: { x: to.x + card / 2, y: to.y - Math.round(18 * scale) },
      });
    }
    return place;
  };
  stand(tree, 0);
  return {
    mode: 'tree',
    card: { width: card, height },
    places,
    vacancy,
    feeds,
    height: line * row - (row - height),
  };
}
