import type { ReactNode } from 'react';
import { StateIcon } from '@/components/ui/state-icon';
import { availabilityWords } from '@/lib/history/objective';
import type { ReliabilityReport } from '@/lib/history/reliability';
import { formatBytes } from '@/lib/units';
import {
  lengthWords,
  lostWords,
  outageWords,
  restartWords,
  verdictStates,
  verdictTitles,
} from './words';

/** The fleet in one line, as far as it fits. */
export function Totals({ report }: { report: ReliabilityReport }) {
  const { fleet, verdicts } = report;
  const outage = outageWords(fleet);
  const lost = lostWords(fleet);
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1.5" data-testid="reliability-totals">
      {(['missed', 'unknown', 'met'] as const).map((is) => (
        <div key={is} className="flex items-center gap-1.5">
          <dt className="order-last text-muted lowercase">{verdictTitles[is]}</dt>
          <dd className="flex items-center gap-1.5 font-semibold">
            <StateIcon
              state={verdictStates[is]}
              mute
              className={verdicts[is] === 0 ? 'opacity-50' : ''}
            />
            {verdicts[is].toLocaleString()}
          </dd>
        </div>
      ))}
      <Fact label="Availability">{availabilityWords(fleet)}</Fact>
      <Fact label="Outage" note={outage.note}>
        {fleet.outageMs > 0 && 'at most '}
        {outage.sum}
        {fleet.longest?.outageMs != null && (
          <span className="font-normal text-muted">
            , the longest {lengthWords(fleet.longest.outageMs)}
          </span>
        )}
      </Fact>
      <Fact label="Changes" note={fleet.restarts > 0 ? restartWords(fleet.restarts) : null}>
        {fleet.unplanned.toLocaleString()} unplanned, {fleet.planned.toLocaleString()} planned
      </Fact>
      <Fact label="Lost" note={lost.note}>
        {lost.sum}
      </Fact>
      {fleet.worstLag !== null && (
        <Fact label="Worst lag" note={fleet.worstLag.member}>
          {formatBytes(fleet.worstLag.bytes)}
        </Fact>
      )}
    </dl>
  );
}

function Fact({
  label,
  note,
  children,
}: {
  label: string;
  note?: string | null;
  children: ReactNode;
}) {
  return (
    <div className="min-w-0">
      <dt className="mr-2 inline text-muted">{label}</dt>
      <dd className="inline font-medium">
        {children}
        {note != null && <span className="font-normal text-muted">, {note}</span>}
      </dd>
    </div>
  );
}
