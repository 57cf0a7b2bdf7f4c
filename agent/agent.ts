import { once } from 'node:events';
import type { Server } from 'node:net';
import { answer } from '@/lib/routing/agent-check';
import { AgentState } from '@/lib/routing/agent-state';
import type { AgentReport } from '@/lib/routing/lease';
import { checkServer } from './check-server';
import { controlServer } from './control-server';
import { DrainFile } from './drain-file';
import type { Address, AgentOptions } from './options';
import { failingServers, readStatistics } from './statistics';
import { Stillness } from './stillness';

const STATISTICS_MS = 1000;
const NOTHING = { statistics: null, statisticsFault: null } as const;

/** By a clock that is never set: a lease ends when it should, whatever happens to the time of day. */
const now = (): number => Math.round(performance.timeOrigin + performance.now());

/** A running agent. */
export interface Agent {
  readonly checkPort: number;
  readonly controlPort: number;
  close(): void;
}

/** Starts both servers; rejects where one of them can't listen, or the state file can't be read. */
export async function startAgent(options: AgentOptions): Promise<Agent> {
  const file = new DrainFile(options.stateFile);
  const state = new AgentState(file.drains);
  const figures = new Figures(options.haproxy, (csv) => {
    state.know(csv === null ? null : failingServers(csv));
  });
  const stillness = new Stillness(now);
  let fault: string | null = null;
  const report = (taken: boolean | null): AgentReport => {
    const at = now();
    return {
      ...{ v: 1, taken: taken === true, holder: state.holder(at), fault },
      asked: state.asked(at).map((of) => ({
        ...{ cluster: of.cluster, member: of.member, server: of.server ?? null },
        agoMs: at - of.at,
        answer: answer(state.order(of, at)),
      })),
      // Not with every lease, nor to who may say nothing: it has a row for each server.
      ...(taken === null ? figures.last : taken ? figures.now(at) : NOTHING),
    };
  };
  const check = checkServer((of) => state.ask(of, now()));
  const control = controlServer({
    ...{ token: options.token, report, hasStoodStill: () => stillness.isRecent },
    take: (lease) => {
      const taken = state.take(lease, now());
      if (taken) fault = kept(file, state);
      return taken;
    },
  });
  await Promise.all([listen(check, options.check), listen(control, options.control)]);
  figures.start();
  return {
    checkPort: portOf(check),
    controlPort: portOf(control),
    close: () => {
      figures.close();
      stillness.close();
      check.close();
      control.close();
    },
  };
}

async function listen(server: Server, { host, port }: Address): Promise<void> {
  server.listen({ host, port });
  await once(server, 'listening');
}

/** A lease is in force though its drains could not be kept: what is wrong with that is told. */
function kept(file: DrainFile, state: AgentState): string | null {
  try {
    file.keep(state.drains);
    return null;
  } catch (error) {
    return `Its drains can't be kept on disk, and a restart would forget them: ${(error as Error).message}.`;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

/** HAProxy's figures, read once a second. */
class Figures {
  last: Pick<AgentReport, 'statistics' | 'statisticsFault'>;
  readonly #path: string | null;
  readonly #onRead: (csv: string | null) => void;
  #timer: NodeJS.Timeout | null = null;
  #toldAt = 0;

  constructor(path: string | null, onRead: (csv: string | null) => void) {
    this.#path = path;
    this.#onRead = onRead;
    const statisticsFault = path === null ? 'The agent knows no statistics socket.' : null;
    this.last = { statistics: null, statisticsFault };
  }

  /** What was read last, where that has not been told in this second already. */
  now(at: number): Pick<AgentReport, 'statistics' | 'statisticsFault'> {
    if (at - this.#toldAt < STATISTICS_MS) return NOTHING;
    this.#toldAt = at;
    return this.last;
  }

  start(): void {
    if (this.#path !== null) void this.#read(this.#path);
  }

  close(): void {
    if (this.#timer) clearTimeout(this.#timer);
  }

  async #read(path: string): Promise<void> {
    try {
      this.last = { statistics: await readStatistics(path), statisticsFault: null };
    } catch (error) {
      this.last = { statistics: null, statisticsFault: (error as Error).message };
    }
    this.#onRead(this.last.statistics);
    this.#timer = setTimeout(() => void this.#read(path), STATISTICS_MS);
  }
}
