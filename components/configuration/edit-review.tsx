'use client';

import { useId } from 'react';
import { RuleList } from '@/components/operations/rule-list';
import { ChangeList } from '@/components/operations/setting-changes';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import type { SettingEffect } from '@/lib/configuration/effects';
import type { RuleResult } from '@/lib/operations/types';
import { listed } from './words';

/** What an edit comes to: what changes, what it costs, and what is to be said against it. */
export function EditReview({
  changes,
  rules,
  members,
  obstacle,
  onReview,
}: {
  changes: readonly SettingEffect[];
  rules: readonly RuleResult[];
  members: readonly string[];
  /** Why it can't be written; null: it can. */
  obstacle: string | null;
  onReview: () => void;
}) {
  const why = useId();
  const restarting = changes.filter(({ effect }) => effect === 'restart');
  return (
    <Panel id="edit-review" title="What changes">
      <div className="flex flex-col gap-4 p-4">
        {changes.length === 0 ? (
          <p className="text-muted">Nothing yet.</p>
        ) : (
          <ChangeList changes={changes} />
        )}
        {restarting.length > 0 && (
          <p data-testid="must-restart">
            {members.length === 0
              ? 'Every member'
              : members.length === 1
                ? members[0]
                : listed(members)}{' '}
            must be restarted before {restarting.length === 1 ? 'it' : 'all of it'} takes effect.
            Writing it restarts nobody.
          </p>
        )}
        <div aria-live="polite">
          <RuleList rules={gravestFirst(rules)} />
        </div>
        <div className="flex flex-col items-end gap-1">
          {obstacle !== null && (
            <p id={why} className="text-sm text-muted">
              {obstacle}
            </p>
          )}
          <Button
            tone="accent"
            aria-disabled={obstacle !== null}
            {...(obstacle === null ? {} : { 'aria-describedby': why })}
            onClick={() => {
              if (obstacle === null) onReview();
            }}
          >
            Review and write …
          </Button>
        </div>
      </div>
    </Panel>
  );
}

const GRAVITY = ['refuse', 'warn', 'unknown', 'ok'] as const;

const gravestFirst = (rules: readonly RuleResult[]): readonly RuleResult[] =>
  GRAVITY.flatMap((verdict) => rules.filter((rule) => rule.verdict === verdict));
