'use client';

import { ClusterLayout } from '@/components/cluster/cluster-layout';
import { exactMoment, moment as momentWords } from '@/components/stream/moment';
import { useCluster } from '@/components/stream/use-stream';
import { Banner } from '@/components/ui/banner';
import type { Moment, Replay } from '@/lib/history/replay';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterEvent } from '@/lib/topology/event';
import { pickView } from '../cluster/use-member';
import { Happened } from './happened';
import { IncidentPanel } from './incident-panel';
import { PastLag } from './past-lag';

/** A cluster as Howdah knew it at a moment, by the same components as now. */
export function PastCluster({
  id,
  name,
  moment,
  replay,
  events,
  more,
  stretch,
  onSeek,
}: {
  id: ClusterId;
  name: string;
  moment: Moment;
  replay: Replay;
  events: readonly ClusterEvent[];
  /** There are earlier ones in the stretch. */
  more: boolean;
  stretch: { readonly from: number; readonly until: number };
  onSeek: (at: number) => void;
}) {
  // As the reader tells it: what did not change from the last moment is the same object.
  const view = useCluster(id, pickView) ?? null;
  const happened = <Happened events={events} more={more} at={moment.at} onSeek={onSeek} />;
  return (
    <>
      <Doubt moment={moment} name={name} />
      {view === null ? (
        <div className="p-3 sm:p-4">{happened}</div>
      ) : (
        <ClusterLayout
          view={view}
          action={null}
          aside={null}
          run={null}
          lag={
            <>
              <IncidentPanel {...{ replay, events, more, view, onSeek }} at={moment.at} />
              <PastLag view={view} stretch={stretch} onSeek={onSeek} />
            </>
          }
          events={happened}
        />
      )}
    </>
  );
}

/** Why what is shown is not what was known then. */
function Doubt({ moment: { is, lastKnown }, name }: { moment: Moment; name: string }) {
  if (is === 'known') return null;
  const since = lastKnown !== null && (
    <time dateTime={new Date(lastKnown).toISOString()} title={exactMoment(lastKnown)}>
      {momentWords(lastKnown)}
    </time>
  );
  return (
    <Banner state="unknown" className="border-t">
      <span data-testid="doubt" data-is={is}>
        {is === 'unwatched' && (
          <>No Howdah watched at this moment. What is shown was last known to be so at {since}.</>
        )}
        {is === 'lost' && (
          <>Changes of about this time were lost: what {name} was then is not known.</>
        )}
        {is === 'absent' && <>ZooKeeper held no cluster {name} at this moment.</>}
        {is === 'unknown' && <>Nothing is kept of {name} from this moment or before.</>}
      </span>
    </Banner>
  );
}
