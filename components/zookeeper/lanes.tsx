import type { LaneView } from '@/lib/stream/frames';
import { loadOf } from './pressure';
import { formatRate, formatWait, laneWords } from './words';

/** The three ways a change is read by, each with its own budget, so that none waits for another. */
export function Lanes({ lanes }: { lanes: readonly LaneView[] }) {
  return (
    <ul className="divide-y divide-line">
      {lanes.map((lane) => (
        <Lane key={lane.lane} lane={lane} />
      ))}
    </ul>
  );
}

function Lane({ lane }: { lane: LaneView }) {
  const { title, says } = laneWords[lane.lane];
  return (
    <li
      data-testid="lane"
      data-lane={lane.lane}
      className="grid grid-cols-3 items-center gap-x-4 gap-y-2 px-4 py-3 sm:grid-cols-[minmax(11rem,1.2fr)_minmax(11rem,1.4fr)_5rem_5rem_6rem]"
    >
      <div className="col-span-3 min-w-0 sm:col-span-1">
        <h3 className="font-semibold">{title}</h3>
        <p className="text-sm text-muted">{says}</p>
      </div>
      <div className="col-span-3 min-w-0 sm:col-span-1">
        <Load lane={lane} />
      </div>
      <Figure label="Waiting" figure={lane.dirty.toLocaleString()} />
      <Figure label="In flight" figure={lane.inFlight.toLocaleString()} />
      <Figure
        label="Waits at most"
        figure={lane.windowMs === null ? 'no wait' : formatWait(lane.windowMs)}
      />
    </li>
  );
}

/** What it reads of what it may. Where no rate is set, reads in flight are what is limited. */
function Load({ lane }: { lane: LaneView }) {
  const { readsPerSecond, budgetPerSecond } = lane;
  const load = loadOf(lane);
  return (
    <>
      <p className="flex items-baseline justify-between gap-2 text-sm">
        <span>
          <span className="font-semibold">{formatRate(readsPerSecond)}</span>
          <span className="text-muted"> reads/s</span>
        </span>
        <span className="text-muted">
          {budgetPerSecond === null
            ? 'at full speed'
            : `budget ${budgetPerSecond.toLocaleString()}/s`}
        </span>
      </p>
      {budgetPerSecond !== null && (
        <div className="mt-1 h-1.5 overflow-hidden rounded-sm bg-sunken" aria-hidden>
          <div
            className={load >= 0.9 ? 'h-full bg-attention' : 'h-full bg-accent'}
            style={{ width: `${load * 100}%` }}
          />
        </div>
      )}
    </>
  );
}

function Figure({ label, figure }: { label: string; figure: string }) {
  return (
    <p className="min-w-0 text-sm sm:text-right">
      <span className="block font-medium whitespace-nowrap">{figure}</span>
      <span className="block whitespace-nowrap text-muted">{label}</span>
    </p>
  );
}
