import { SandboxError } from './errors';
import type { PatroniCluster } from './patroni-cluster';
import type { PatroniMember, PatroniReport } from './patroni-member';
import { waitFor } from './wait-for';

/** What keeps a cluster from being healthy, and whose logs may tell why. */
interface Amiss {
  readonly complaint: string;
  readonly about: readonly PatroniMember[];
}

/**
 * As `PatroniCluster.waitHealthy`.
 * @param signal gives it up.
 */
export async function waitHealthy(
  cluster: PatroniCluster,
  timeoutMs: number,
  signal?: AbortSignal,
): Promise<void> {
  let amiss: Amiss | null = null;
  let nudgedAt = performance.now();
  const what = () => `${cluster.scope} to be healthy: ${amiss?.complaint}`;
  try {
    await waitFor(
      async () => {
        signal?.throwIfAborted();
        amiss = await whatIsAmiss(cluster);
        if (amiss && performance.now() - nudgedAt > NUDGE_MS) {
          nudgedAt = performance.now();
          void nudge(cluster);
        }
        return amiss === null;
      },
      { timeoutMs, everyMs: 100, what },
    );
  } catch (error) {
    // What it was given up for is another's, and has its own words.
    if (signal?.aborted || !(error instanceof SandboxError)) throw error;
    const about = (amiss as Amiss | null)?.about ?? [];
    const logs = await Promise.all(about.map(({ patroni }) => patroni.logTail(25)));
    throw new SandboxError([error.message, ...logs].join('\n'), { cause: error });
  }
}

const NUDGE_MS = 2000;

/** What is waited for, as `PatroniCluster.nudgedUntil`. */
export async function nudgedUntil<T>(cluster: PatroniCluster, awaited: Promise<T>): Promise<T> {
  const timer = setInterval(() => void nudge(cluster), NUDGE_MS);
  return awaited.finally(() => clearInterval(timer));
}

/**
 * Ends two waits of an idle cluster that has nothing else to end them, for minutes:
 * - pg_rewind has a member replay up to where its source would write next. Where that is behind the
 *   header of a page that has not been begun (one rewind in a thousand), it takes one record more.
 * - Patroni 3.0.2 may miss that a member has come or changed while it read the others, and then
 *   makes no slot for it or doesn't rewind, until something else comes or goes. Asked for the
 *   cluster it reads anew.
 */
async function nudge(cluster: PatroniCluster): Promise<void> {
  // Its commit is what is written: nobody decodes it, and it waits for no standby.
  const write = cluster.sql('SELECT pg_current_xact_id()');
  // Who doesn't answer is asked again the next time.
  await Promise.allSettled([write, ...cluster.members.map((each) => each.rest('/cluster'))]);
}

/** @returns null: nothing is amiss */
export async function whatIsAmiss(cluster: PatroniCluster): Promise<Amiss | null> {
  const { members } = cluster;
  const leader = await cluster.leader();
  if (!leader) return { complaint: 'there is no leader', about: members };
  const reports = await Promise.all(members.map((each) => each.report()));
  for (const [index, member] of members.entries()) {
    const complaint = notRunning(member, reports[index]?.state);
    if (complaint) return { complaint, about: [member] };
  }
  const lead = reports[members.indexOf(leader)];
  const streaming = streamingFrom(reports);
  for (const [index, member] of members.entries()) {
    if (member === leader) continue;
    if (!streaming.has(member.name)) {
      return { complaint: `${member.name} is not streaming`, about: [member] };
    }
    // Its Patroni may have missed the promotion, as said above: PostgreSQL knows.
    const told = reports[index]?.timeline;
    if (told !== lead?.timeline && (await received(member)) !== lead?.timeline) {
      return { complaint: `${member.name} is on an old timeline`, about: [member] };
    }
  }
  const synchronous = lead?.replication?.some((each) => each.sync_state === 'sync');
  if (cluster.synchronous && members.length > 1 && !synchronous) {
    return { complaint: 'there is no synchronous standby', about: [leader] };
  }
  return null;
}

function notRunning({ name, patroni }: PatroniMember, state: string | undefined): string | null {
  if (state === 'running') return null;
  if (state) return `PostgreSQL of ${name} is ${state}`;
  return `Patroni of ${name} ${patroni.running() ? "doesn't answer" : 'has ended'}`;
}

const received = (member: PatroniMember) => member.receivedTimeline().catch(() => null);

function streamingFrom(reports: readonly (PatroniReport | null)[]): Set<string> {
  const names = new Set<string>();
  for (const report of reports) {
    for (const each of report?.replication ?? []) {
      if (each.state === 'streaming') names.add(each.application_name);
    }
  }
  return names;
}
