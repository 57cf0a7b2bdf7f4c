import { openStream } from '../sse';
import { now } from '../usage';
import { answer, argument } from './answer';

/**
 * Browsers as far as the server can tell: some follow the fleet and note when a cluster's leader
 * changes, one follows clusters in full and knows how old the newest value is that it holds.
 */
const { url, count, listening, leaderOf, followed } = argument<{
  url: string;
  count: number;
  /** How many of them look into what they get. */
  listening: number;
  /** Id of the cluster whose leader is noted. */
  leaderOf: string;
  /** Ids followed in full. */
  followed: string[];
}>();

interface Row {
  readonly id: string;
  readonly leader: string | null;
}
interface Member {
  readonly name: string;
  readonly tags: { readonly other: { readonly written?: string } };
}

let seen: { by: number; name: string; at: number }[] = [];
let bytes = 0;
let clusters = 0;
let full = 0;

for (let by = 0; by < count; by += 1) {
  const listens = by % Math.ceil(count / listening) === 0;
  const last: { leader: string | null } = { leader: null };
  openStream({
    url,
    topics: 'fleet',
    onBytes: (more) => {
      bytes += more;
    },
    ...(listens ? { onEvent: (json: string, at: number) => hear(by, { json, at }, last) } : {}),
  });
}

function hear(
  by: number,
  { json, at }: { json: string; at: number },
  last: { leader: string | null },
): void {
  if (!json.startsWith('{"type":"fleet"')) return;
  if (json.includes('"full":true')) {
    clusters = (JSON.parse(json) as { changed: Row[] }).changed.length;
    full = json.length;
  }
  if (!json.includes(`"id":"${leaderOf}"`)) return;
  const { changed } = JSON.parse(json) as { changed: Row[] };
  const leader = changed.find(({ id }) => id === leaderOf)?.leader ?? null;
  if (leader !== null && leader !== last.leader) seen.push({ by, name: leader, at });
  last.leader = leader;
}

/** Member -> the stamp of the value last received. */
const stamps = new Map<string, bigint>();
let ages: number[] = [];
let ensembles: unknown = null;
if (followed.length > 0) {
  openStream({
    url,
    topics: followed.map((id) => `cluster:${id}`).join(','),
    onEvent: (json) => {
      if (json.startsWith('{"type":"ensembles"')) {
        ensembles = JSON.parse(json);
        return;
      }
      if (!json.startsWith('{"type":"cluster"')) return;
      const { view } = JSON.parse(json) as { view: { members: Member[] } | null };
      for (const { name, tags } of view?.members ?? []) {
        if (tags.other.written) stamps.set(name, BigInt(tags.other.written));
      }
    },
  });
}
let sampling = false;
setInterval(() => {
  if (!sampling) return;
  const at = process.hrtime.bigint();
  for (const stamp of stamps.values()) ages.push(Number(at - stamp) / 1e6);
}, 100);

answer({
  start: () => {
    [seen, ages, bytes, sampling] = [[], [], 0, true];
    return now();
  },
  stop: () => {
    sampling = false;
    return { seen, ages, bytes };
  },
  clusters: () => ({ clusters, full }),
  ensembles: () => ensembles,
});
