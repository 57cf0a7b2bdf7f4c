import { type State, StateIcon } from '@/components/ui/state-icon';
import type { RuleResult, Verdict } from '@/lib/operations/types';

export const verdictStates: Record<Verdict, State> = {
  ok: 'good',
  warn: 'attention',
  refuse: 'critical',
  unknown: 'unknown',
};

const verdictWords: Record<Verdict, string> = {
  ok: 'Holds',
  warn: 'Warning',
  refuse: 'Forbids it',
  unknown: 'Not known',
};

/** Each check with what it found. */
export function RuleList({ rules }: { rules: readonly RuleResult[] }) {
  return (
    <ul className="flex flex-col gap-1">
      {rules.map((rule) => (
        <li key={`${rule.code} ${rule.says}`} data-code={rule.code} className="flex gap-2">
          <StateIcon state={verdictStates[rule.verdict]} mute className="mt-0.5" />
          <span className="min-w-0">
            <span className="sr-only">{verdictWords[rule.verdict]}: </span>
            {rule.says}
            {rule.advice !== undefined && (
              <span className="block text-sm text-muted">{rule.advice}</span>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
