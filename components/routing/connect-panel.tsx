'use client';

import { useMemo, useState } from 'react';
import { Copyable } from '@/components/ui/copyable';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { endpointsOf, type Strings } from '@/lib/routing/endpoints';
import type { RoutingView } from '@/lib/routing/view';
import type { ClusterView } from '@/lib/topology/view';

type For = 'read' | 'write';

/** For clients without HAProxy: strings to copy, and where programs ask. */
export function ConnectPanel({ view, routing }: { view: ClusterView; routing: RoutingView }) {
  const [what, setWhat] = useState<For>('read');
  const { connect } = useMemo(
    () => endpointsOf(view, { verdicts: routing.weighing?.verdicts ?? null, isCurrent: true }),
    [view, routing],
  );
  const strings = connect[what];
  return (
    <Panel
      id="connect"
      title="Clients without HAProxy"
      aside={
        <Segmented
          label="What for"
          value={what}
          onChange={setWhat}
          choices={[
            { value: 'read', label: 'Reads' },
            { value: 'write', label: 'Writes' },
          ]}
        />
      }
    >
      <div className="flex flex-col gap-3 p-4">
        {strings === null ? (
          <p className="text-muted">Nobody can be connected to for that now.</p>
        ) : (
          <AllStrings {...{ strings, what }} />
        )}
        <p className="text-sm text-muted">
          Drivers choose among these hosts by role alone, and not by lag. Programs ask at{' '}
          <code className="font-mono [overflow-wrap:anywhere]">/api/routing/{view.id}</code>, which
          answers with weights, and waits for a change with{' '}
          <code className="font-mono">If-None-Match</code> and{' '}
          <code className="font-mono">?wait=30</code>.
        </p>
      </div>
    </Panel>
  );
}

function AllStrings({ strings, what }: { strings: Strings; what: For }) {
  const node = `new Client({ host: '${strings.node.host}', port: ${strings.node.port} })`;
  return (
    <>
      {(
        [
          ['libpq', strings.libpq],
          ['JDBC', strings.jdbc],
          [`node-postgres, ${what === 'write' ? 'the leader' : 'whoever gets most'} now`, node],
        ] as const
      ).map(([label, text]) => (
        <div key={label} className="flex flex-col gap-1">
          <span className="text-sm font-medium">{label}</span>
          <Copyable label={label} text={text} />
        </div>
      ))}
    </>
  );
}
