import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultPolicy } from '@/lib/routing/policy';
import type { RoutingView } from '@/lib/routing/view';
import { waitFor } from '@/sandbox';
import type { Context } from '../benchmark';
import { type Howdah, isUp, startHowdah } from '../howdah';
import { known } from '../signed-in';
import type { Stage } from './sides';

/** The built product; returns once the agent says what it weighs, and both standbys serve by it. */
export async function startRouting(
  context: Context,
  stage: Stage,
  limitMs: number,
): Promise<Howdah> {
  const { connect, cluster, haproxy, agent } = stage;
  const { user, password } = cluster.monitoring;
  const file = join(agent.stateFile, '..', 'howdah.yaml');
  const agents = [{ url: `http://127.0.0.1:${agent.controlPort}`, tokenFile: agent.tokenFile }];
  // JSON is YAML too.
  writeFileSync(file, JSON.stringify({ routing: { agents } }), { mode: 0o600 });
  const env = {
    HOWDAH_CONFIG: file,
    HOWDAH_MONITOR_USER: user,
    HOWDAH_MONITOR_PASSWORD: password,
  };
  const howdah = await startHowdah({ connect, env }, context);
  await isUp(howdah);
  const id = haproxy.clusterId(cluster.scope);
  const view = () => viewOf(howdah, id);
  const before = await seen(view, ({ policy }) => policy !== undefined);
  // It outlives Howdah: the one of the next round finds it there.
  if (before.policy.is === 'none') await writePolicy(howdah, id, limitMs);
  await seen(view, (now) => spreads(now, cluster.members.length - 1));
  return howdah;
}

async function writePolicy({ url }: Howdah, cluster: string, limitMs: number): Promise<void> {
  const { drains: _, ...others } = defaultPolicy;
  const policy = { ...others, limit: { ms: limitMs, bytes: null } };
  const change = { kind: 'policy', policy };
  const answer = await fetch(`${url}/api/trpc/routing.change`, {
    method: 'POST',
    headers: { ...known(), origin: url, 'content-type': 'application/json' },
    body: JSON.stringify({ cluster, seen: null, change, reason: 'to be measured' }),
  });
  if (!answer.ok) throw new Error(`The policy was not written: ${await answer.text()}`);
}

/** Null: it does not know the cluster yet. */
async function viewOf({ url }: Howdah, cluster: string): Promise<RoutingView | null> {
  const input = encodeURIComponent(JSON.stringify({ cluster }));
  const answer = await fetch(`${url}/api/trpc/routing.view?input=${input}`, { headers: known() });
  if (!answer.ok) return null;
  const { result } = (await answer.json()) as { result: { data: RoutingView } };
  return result.data;
}

async function seen(
  view: () => Promise<RoutingView | null>,
  holds: (view: RoutingView) => boolean,
): Promise<RoutingView> {
  let last: RoutingView | null = null;
  return waitFor(
    async () => {
      last = await view();
      return last !== null && holds(last) ? last : null;
    },
    { timeoutMs: 60_000, everyMs: 200, what: () => `the weights: ${JSON.stringify(last)}` },
  );
}

/** All standbys serve by their lag, the agent has been told, and HAProxy has asked it. */
function spreads({ weighing, agents, servers }: RoutingView, standbys: number): boolean {
  const serving = (weighing?.verdicts ?? []).filter(
    ({ why, percent }) => why === 'serves' && percent > 50,
  );
  const carrying = servers.filter(({ port, weight }) => port === 'read' && (weight ?? 0) > 50);
  return (
    agents.every(({ is }) => is === 'holds') &&
    serving.length === standbys &&
    carrying.length === standbys
  );
}
