'use client';

import { Download } from 'lucide-react';
import { useMemo } from 'react';
import { exactMoment, moment } from '@/components/stream/moment';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import { incidentAt } from '@/lib/history/incident';
import { incidentPicture } from '@/lib/history/incident-picture';
import { figures, postMortem, title } from '@/lib/history/post-mortem';
import type { Replay } from '@/lib/history/replay';
import type { ClusterEvent } from '@/lib/topology/event';
import type { ClusterView } from '@/lib/topology/view';
import { formatDuration } from '@/lib/units';
import { download } from './download';

/** The incident that this moment belongs to, or the nearest one in sight, on one axis. */
export function IncidentPanel({
  replay,
  events,
  more,
  view,
  at,
  onSeek,
}: {
  replay: Replay;
  events: readonly ClusterEvent[];
  /** Earlier ones are missing. */
  more: boolean;
  view: ClusterView;
  at: number;
  onSeek: (at: number) => void;
}) {
  // Which incident is nearest changes rarely, and finding it reads the whole stretch.
  const near = Math.round(at / 5000) * 5000;
  const incident = useMemo(() => incidentAt(replay, events, near), [replay, events, near]);
  const key =
    incident && `${incident.from} ${incident.until} ${incident.events.length} ${incident.end}`;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same incident has the same picture
  const picture = useMemo(
    () => incident && `data:image/svg+xml,${encodeURIComponent(incidentPicture(replay, incident))}`,
    [key],
  );
  if (incident === null || picture === null) return null;
  const save = () => {
    const { name, key: where } = view;
    const text = postMortem({ name, ...where, more }, incident, replay);
    const day = new Date(incident.from).toISOString().slice(0, 16).replaceAll(/[-:]/g, '');
    download(`${name.replaceAll(/[^\w.-]/g, '-')}-${day}.md`, text);
  };
  return (
    <Panel
      id="incident"
      title="Incident"
      aside={
        <Button size="sm" onClick={save}>
          <Download aria-hidden className="size-4" />
          Export post-mortem
        </Button>
      }
    >
      <div className="grid gap-4 p-4 xl:grid-cols-[minmax(18rem,1fr)_minmax(0,2fr)]">
        <div>
          <p className="flex items-center gap-2 font-medium" data-testid="incident-title">
            <StateIcon state={incident.worst} />
            {view.name}: {title(incident)}
          </p>
          <dl className="mt-2 grid grid-cols-[auto_minmax(0,1fr)] gap-x-4 gap-y-1">
            <dt className="text-muted">First sign</dt>
            <dd>
              <Moment at={incident.from} onSeek={onSeek} />
            </dd>
            <dt className="text-muted">Recovered</dt>
            <dd>
              {incident.end === 'recovered' && (
                <>
                  <Moment at={incident.until} onSeek={onSeek} /> after{' '}
                  {formatDuration(incident.until - incident.from)}
                </>
              )}
              {incident.end === 'beyond' && 'not within this stretch'}
              {incident.end === 'unknown' && (
                <>
                  not known: nothing is known after <Moment at={incident.until} onSeek={onSeek} />
                </>
              )}
            </dd>
            {figures(incident).map(([label, words]) => (
              <div key={`${label} ${words}`} className="contents">
                <dt className="text-muted">{label}</dt>
                <dd>{words}</dd>
              </div>
            ))}
          </dl>
        </div>
        <div className="overflow-x-auto">
          {/* biome-ignore lint/performance/noImgElement: it is made here, and is not fetched */}
          <img
            src={picture}
            alt={`Health, leader, what was said by whom, and lag of ${view.name} over the incident. The same is in the list of what happened.`}
            className="w-full min-w-[40rem] rounded-md border border-line bg-[#ffffff]"
          />
        </div>
      </div>
    </Panel>
  );
}

function Moment({ at, onSeek }: { at: number; onSeek: (at: number) => void }) {
  return (
    <button
      type="button"
      title={exactMoment(at)}
      onClick={() => onSeek(at)}
      className="text-accent hover:underline"
    >
      {moment(at)}
    </button>
  );
}
