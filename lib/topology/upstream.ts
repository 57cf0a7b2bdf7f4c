import type { MemberFacts } from './facts';
import { currentSample, type ProbeState } from './probe-state';
import type { Sender } from './sample';
import type { UpstreamView } from './view';

/** Who is known to send WAL to a standby, and the sender's row about it. */
export interface Feed {
  readonly from: string;
  readonly row: Sender;
}

export interface UpstreamInput {
  readonly member: MemberFacts;
  readonly probe: ProbeState;
  readonly feed: Feed | null;
  readonly leader: string | null;
  /** "host:port" of PostgreSQL -> member name. */
  readonly addresses: ReadonlyMap<string, string>;
  readonly names: ReadonlySet<string>;
}

/**
 * Every standby's sender, found in the rows that its upstream shows of it: Patroni makes a
 * standby's application_name its member name. A row of a walsender in a base backup is no feed.
 */
export function feedsOf(probes: ReadonlyMap<string, ProbeState>): ReadonlyMap<string, Feed> {
  const feeds = new Map<string, Feed>();
  for (const [from, probe] of probes) {
    for (const row of currentSample(probe)?.senders ?? []) {
      if (row.state === 'backup' || row.applicationName === from) continue;
      const known = feeds.get(row.applicationName);
      // Two rows while a connection is being replaced: the streaming one is the living one.
      if (known?.row.state === 'streaming' && row.state !== 'streaming') continue;
      feeds.set(row.applicationName, { from, row });
    }
  }
  return feeds;
}

/** How a standby is fed. Ask only for members that are not the primary. */
export function upstreamOf(input: UpstreamInput): UpstreamView {
  const { member, probe, feed, names, leader } = input;
  if (feed && names.has(feed.from)) return { name: feed.from, ...edgeOf(feed.row, feed.from) };
  const sample = currentSample(probe);
  const name = likelyUpstream(input);
  const from = name ?? leader ?? 'an unknown server';
  if (sample?.inRecovery && sample.privileged) {
    if (sample.receiver?.status === 'streaming') {
      return { name, state: 'streaming', says: `streaming from ${from}` };
    }
    if (member.replicationState === 'in archive recovery') {
      return { name, state: 'archive', says: 'replaying from the archive, not streaming' };
    }
    return { name, state: 'broken', says: `not receiving from ${from}` };
  }
  // Without a probe, Patroni's own word is the best there is.
  switch (member.replicationState) {
    case 'streaming':
      return { name, state: 'streaming', says: `streaming from ${from}, by Patroni's word` };
    case 'in archive recovery':
      return { name, state: 'archive', says: 'replaying from the archive, by Patroni’s word' };
    default:
      return { name, state: 'unknown', says: `not known whether it receives from ${from}` };
  }
}

function edgeOf(row: Sender, from: string): Pick<UpstreamView, 'state' | 'says'> {
  switch (row.state) {
    case 'streaming':
      return { state: 'streaming', says: `streaming from ${from}` };
    case 'catchup':
      return { state: 'catching-up', says: `catching up with ${from}` };
    case 'startup':
      return { state: 'catching-up', says: `connecting to ${from}` };
    case null:
      return { state: 'unknown', says: `connected to ${from}; its state is not visible to Howdah` };
    default:
      return { state: 'unknown', says: `${row.state} from ${from}` };
  }
}

function likelyUpstream({ member, probe, leader, addresses, names }: UpstreamInput): string | null {
  const sample = currentSample(probe);
  const receiver = sample?.inRecovery ? sample.receiver : null;
  if (receiver?.senderHost) {
    const known = addresses.get(`${receiver.senderHost}:${receiver.senderPort ?? 5432}`);
    if (known) return known;
  }
  const wanted = member.tags.replicatefrom;
  if (wanted && names.has(wanted) && wanted !== member.name) return wanted;
  return leader !== member.name ? leader : null;
}
