import { StateIcon } from '@/components/ui/state-icon';
import type { ClusterReport } from '@/lib/history/reliability';
import { doubtWords, enoughWatched, verdictStates, verdictTitles } from './words';

/** Whether the objective was held, and why that can't be told, where it can't. */
export function VerdictWords({ report }: { report: ClusterReport }) {
  const { verdict } = report;
  const doubt = doubtWords(verdict, report);
  const rule = verdict.is === 'unknown' && verdict.why === 'little-watched';
  return (
    <span className="flex items-start gap-1.5" data-verdict={verdict.is}>
      <span className="flex h-lh items-center">
        <StateIcon state={verdictStates[verdict.is]} mute />
      </span>
      <span className="min-w-0" title={rule ? enoughWatched : undefined}>
        <span className="whitespace-nowrap">{verdictTitles[verdict.is]}</span>
        {doubt !== null && <span className="block text-xs font-normal text-muted">{doubt}</span>}
      </span>
    </span>
  );
}
