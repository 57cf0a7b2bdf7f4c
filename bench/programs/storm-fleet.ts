import { startSynthetic } from '@/sandbox';
import { connectZooKeeper } from '../zookeeper';
import { answer, argument } from './answer';

/** A fleet in a storm that can be seen: members rewritten, some of them changing state, leaders moving. */
const { connect, clusters } = argument<{ connect: string; clusters: number }>();
const TICK_MS = 20;
const MOST_IN_FLIGHT = 64;

interface Storm {
  /** Members rewritten a second, and how many of those change their state for a while. */
  readonly writes: number;
  readonly states: number;
  /** Leader changes a second. */
  readonly leaders: number;
}

const synthetic = await startSynthetic({ connectString: connect, clusters, members: 3 });
const client = await connectZooKeeper(connect);
const members: { path: string; rest: string; odd: boolean }[] = [];
for (const scope of synthetic.scopes) {
  const base = `/service/${scope}/members`;
  for (const name of (await client.children(base, false))?.names ?? []) {
    const found = await client.data(`${base}/${name}`, false);
    const rest = found?.data.toString().slice(1).replace('"state":"running",', '') ?? '}';
    members.push({ path: `${base}/${name}`, rest, odd: false });
  }
}

let timer: NodeJS.Timeout | undefined;
let turn = 0;
let inFlight = 0;
const done = { writes: 0, states: 0, leaders: 0 };

async function rewrite(changesState: boolean): Promise<void> {
  // A prime stride, so that neighbours in the list don't change together.
  const member = members[(turn++ * 7919) % members.length];
  if (!member) return;
  if (changesState) member.odd = !member.odd;
  const state = member.odd ? 'starting' : 'running';
  const data = `{"state":"${state}","tags":{"n":"${turn}"},${member.rest}`;
  inFlight += 1;
  await client.set(member.path, Buffer.from(data), 'any').finally(() => {
    inFlight -= 1;
  });
  done.writes += 1;
  if (changesState) done.states += 1;
}

answer({
  scopes: () => synthetic.scopes,
  start: ({ writes, states, leaders }: Storm) => {
    clearInterval(timer);
    const credit = { writes: 0, states: 0, leaders: 0 };
    timer = setInterval(() => {
      credit.writes += (writes * TICK_MS) / 1000;
      credit.states += (states * TICK_MS) / 1000;
      credit.leaders += (leaders * TICK_MS) / 1000;
      for (; credit.writes >= 1; credit.writes -= 1) {
        if (inFlight >= MOST_IN_FLIGHT) continue;
        const changes = credit.states >= 1;
        if (changes) credit.states -= 1;
        void rewrite(changes);
      }
      for (; credit.leaders >= 1; credit.leaders -= 1) {
        done.leaders += 1;
        const scope = synthetic.scopes[(turn * 31) % synthetic.scopes.length] ?? '';
        void synthetic.switchLeader(scope);
      }
    }, TICK_MS);
  },
  done: () => done,
  stop: () => clearInterval(timer),
});
