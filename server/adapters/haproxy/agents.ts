import { Agent as Connections, fetch } from 'undici';
import { type AgentReport, agentReportShape, type Lease } from '@/lib/routing/lease';
import type { AgentPort } from '@/server/ports';

/** How to reach one agent. */
export interface AgentSettings {
  /** e.g. "http://haproxy-1:8019". */
  readonly url: string;
  readonly token: string;
  /** Of an https address: whom to believe; null: whom the system believes. */
  readonly ca: string | null;
}

/** An agent is near, and its lease is short: one that takes longer is away. */
const PATIENCE_MS = 2000;

/** The agents beside HAProxy, over HTTP. */
export class HaproxyAgents implements AgentPort {
  readonly #agents: ReadonlyMap<string, AgentSettings & { readonly connections: Connections }>;

  constructor(agents: readonly AgentSettings[]) {
    this.#agents = new Map(
      agents.map((agent) => {
        const connect = agent.ca === null ? {} : { ca: agent.ca };
        return [agent.url, { ...agent, connections: new Connections({ connect }) }];
      }),
    );
  }

  get urls(): readonly string[] {
    return [...this.#agents.keys()];
  }

  async give(url: string, lease: Lease): Promise<AgentReport> {
    const agent = this.#agents.get(url);
    if (!agent) throw new Error(`There is no agent at ${url}.`);
    const { status, body } = await this.#post(agent, lease);
    if (status === 401) throw new Error('It does not accept the token that is configured.');
    const report = agentReportShape.safeParse(body);
    if (!report.success) throw new Error(`It answers ${status}, and nothing that an agent says.`);
    return report.data;
  }

  close(): void {
    for (const { connections } of this.#agents.values()) void connections.destroy();
  }

  async #post(
    { url, token, connections }: AgentSettings & { readonly connections: Connections },
    lease: Lease,
  ): Promise<{ readonly status: number; readonly body: unknown }> {
    try {
      const answer = await fetch(`${url}/lease`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(lease),
        dispatcher: connections,
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: answer.status, body: await answer.json().catch(() => null) };
    } catch (error) {
      throw new Error(`It does not answer: ${reasonOf(error)}.`, { cause: error });
    }
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `nothing for ${PATIENCE_MS / 1000} s`;
  return error.cause instanceof Error ? error.cause.message : error.message;
}
