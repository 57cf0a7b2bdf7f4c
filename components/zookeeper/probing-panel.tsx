'use client';

import { useAccount } from '@/components/account/use-account';
import { Age } from '@/components/stream/age';
import { useStream } from '@/components/stream/use-stream';
import { Badge } from '@/components/ui/badge';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import { onEverything, refusal } from '@/lib/access/who';
import type { ProbingView } from '@/lib/stream/frames';
import { Tile, Tiles } from './tile';
import { formatRate } from './words';

/** How well the watched servers can be asked, each by one connection of its own. */
export function ProbingPanel() {
  const probing = useStream((stream) => stream.probing);
  const me = useAccount();
  const isForOthers = me !== null && refusal(onEverything('viewer'), me) !== null;
  return (
    <Panel id="probing" title="Probing PostgreSQL">
      {probing === null ? (
        <p className="p-4 text-muted">
          {isForOthers
            ? 'These figures count the members of all clusters, so they are for whoever sees all of them. How each of yours answers is on the page of its cluster.'
            : 'Howdah has not said yet how it probes the watched servers.'}
        </p>
      ) : (
        <Probing probing={probing} />
      )}
    </Panel>
  );
}

function Probing({ probing }: { probing: ProbingView }) {
  const { members, unreachable, connections, mostConnections, waiting } = probing;
  return (
    <>
      <Verdict probing={probing} />
      <Tiles>
        <Tile
          label="Members watched"
          figure={members.toLocaleString()}
          note={
            unreachable === 0 ? (
              members === 0 ? (
                'none has registered yet'
              ) : (
                'all of them answer'
              )
            ) : (
              <span className="flex items-center gap-1.5 text-ink">
                <StateIcon state="attention" mute />
                {unreachable.toLocaleString()} can’t be reached
              </span>
            )
          }
        />
        <Tile
          label="Connections"
          figure={connections.toLocaleString()}
          unit={`of ${mostConnections.toLocaleString()} at most`}
          value={connections}
          least={mostConnections}
        />
        <Tile
          label="Polls"
          figure={formatRate(probing.pollsPerSecond)}
          unit="/s"
          value={probing.pollsPerSecond}
        />
        <Tile
          label="Due and waiting"
          figure={waiting.toLocaleString()}
          unit={waiting === 1 ? 'member' : 'members'}
          value={waiting}
        />
      </Tiles>
    </>
  );
}

function Verdict({ probing }: { probing: ProbingView }) {
  const { behind, members } = probing;
  return (
    <p
      className="flex flex-wrap items-center gap-x-2 gap-y-1 border-b border-line px-4 py-2.5"
      data-testid="probing-pressure"
      data-behind={behind !== null}
    >
      {behind === null ? (
        <>
          <Badge tone="good">
            <StateIcon state="good" mute className="size-3" />
            On time
          </Badge>
          {members === 0
            ? 'There is nobody to ask.'
            : 'Every member that answers is asked when due.'}
        </>
      ) : (
        <>
          <Badge tone="attention">
            <StateIcon state="attention" mute className="size-3" />
            Behind
          </Badge>
          <span>
            {behind.count.toLocaleString()}{' '}
            {behind.count === 1 ? 'member that answers is' : 'members that answer are'} asked late;
            the one that waits longest was due <Age at={behind.since} />.
          </span>
        </>
      )}
    </p>
  );
}
