'use client';

import { Elapsed } from '@/components/stream/age';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import type { AgentView } from '@/lib/routing/view';
import { agentStates } from './words';

/** The agents beside HAProxy that are told these weights. */
export function AgentsPanel({ agents }: { agents: readonly AgentView[] }) {
  return (
    <Panel id="agents" title={`Agents beside HAProxy (${agents.length})`}>
      {agents.length === 0 && (
        <p className="p-4 text-muted">
          This Howdah tells no agent, so these weights reach no HAProxy. Run the agent beside
          HAProxy, and name it under <code className="font-mono text-sm">routing.agents</code> in
          Howdah’s configuration: see docs/load-balancing.md.
        </p>
      )}
      <ul className="divide-y divide-line">
        {agents.map(({ url, is, says, since }) => (
          <li key={url} className="flex gap-2 px-4 py-3" data-agent={is}>
            <StateIcon state={agentStates[is].state} mute className="mt-0.5" />
            <div className="min-w-0">
              <p className="font-mono text-sm [overflow-wrap:anywhere]">{url}</p>
              <p>
                {agentStates[is].word} for <Elapsed since={since} />
              </p>
              <p className="text-sm text-muted">{says}</p>
            </div>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
