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

/**
 * Cards below each other, indented by depth, in as many columns as there is room for. Each column
 * has a trunk at its left, fed from a bar below the root, so that no line runs behind a card.
 */
function drawTree(tree: Tree, width: number, scale: number): Drawing {
  const height = Math.round(96 * scale);
  const row = height + Math.round(40 * scale);
  const depthOf = (at: Tree): number => 1 + Math.max(0, ...at.children.map(depthOf));
  const indents = INDENT * (depthOf(tree) - 1);
  const fitting = Math.floor((width + GAP) / (indents + NARROWEST * scale + GAP));
  const columns = split(tree.children, Math.max(1, fitting));
  const column = Math.floor((width + GAP) / Math.max(1, columns.length)) - GAP;
  const card = Math.max(120, Math.min(320 * scale, column - indents));
  const places = new Map<string, Place>();
  const feeds: Feed[] = [];
  let deepest = 0;

  const stand = (at: Tree, place: Place): number => {
    if (at.name !== null) places.set(at.name, place);
    deepest = Math.max(deepest, place.y + height);
    let below = place.y + row;
    for (const child of at.children) {
      const to = { x: place.x + INDENT, y: below };
      feeds.push(...elbow(at.name, child.name, { from: place, to }));
      below = stand(child, to);
    }
    return below;
  };
  const elbow = (from: string | null, to: string | null, ends: { from: Place; to: Place }) => {
    if (to === null) return [];
    const sx = ends.to.x - INDENT / 2;
    const sy = ends.from.y + height;
    const ty = ends.to.y + height / 2;
    const { x } = ends.to;
    // A column beside the root's own place is reached along a bar just below the root.
    const start =
      sx > ends.from.x && sx < ends.from.x + card
        ? `M${sx} ${sy}`
        : `M${ends.from.x + card / 2} ${sy}L${ends.from.x + card / 2} ${sy + 10}L${sx} ${sy + 10}`;
    return [
      {
        from,
        to,
        path: `${start}L${sx} ${ty - 8}Q${sx} ${ty} ${sx + 8} ${ty}L${x} ${ty}`,
        label: { x: x + card / 2, y: ends.to.y - Math.round(18 * scale) },
      },
    ];
  };

  const used = columns.length * (column + GAP) - GAP;
  const single = columns.length < 2;
  const root: Place = { x: single ? 0 : Math.round((used - card) / 2), y: 0 };
  if (tree.name !== null) places.set(tree.name, root);
  deepest = height;
  columns.forEach((children, n) => {
    let y = row;
    for (const child of children) {
      const to = { x: n * (column + GAP) + INDENT, y };
      feeds.push(...elbow(tree.name, child.name, { from: root, to }));
      y = stand(child, to);
    }
  });
  return {
    mode: 'tree',
    card: { width: card, height },
    places,
    vacancy: tree.name === null ? root : null,
    feeds,
    height: deepest,
  };
}

/** Subtrees in order over at most `most` columns, about equally long. */
function split(trees: readonly Tree[], most: number): readonly (readonly Tree[])[] {
  const sizeOf = (at: Tree): number => 1 + at.children.reduce((sum, c) => sum + sizeOf(c), 0);
  const total = trees.reduce((sum, at) => sum + sizeOf(at), 0);
  const longest = Math.ceil(total / most);
  const columns: Tree[][] = [];
  let left = 0;
  for (const at of trees) {
    const size = sizeOf(at);
    const last = columns.at(-1);
    if (last && size <= left) last.push(at);
    else if (last && columns.length === most) last.push(at);
    else {
      columns.push([at]);
      left = longest;
    }
    left -= size;
  }
  return columns;
}
