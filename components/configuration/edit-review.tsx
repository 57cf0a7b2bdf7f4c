'use client';

import { useId } from 'react';
import { RuleList } from '@/components/operations/rule-list';
import { Badge, type Tone } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import type { SettingEffect } from '@/lib/configuration/effects';
import type { RuleResult } from '@/lib/operations/types';
import { listed } from './words';

const effects: Record<SettingEffect['effect'], readonly [Tone, string]> = {
  restart: ['attention', 'needs a restart'],
  reload: ['plain', 'reload'],
  patroni: ['plain', 'Patroni heeds it'],
  ignored: ['unknown', 'ignored'],
  unknown: ['unknown', 'effect not known'],
};

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
          <ul className="divide-y divide-line rounded-md border border-line">
            {changes.map(({ path, from, to, effect }) => (
              <li key={path} data-testid="setting-change" className="px-3 py-1.5">
                <span className="flex flex-wrap items-baseline justify-between gap-x-3">
                  <span className="min-w-0 font-mono text-sm break-all">{path}</span>
                  <Badge tone={effects[effect][0]}>{effects[effect][1]}</Badge>
                </span>
                <span className="block font-mono text-sm break-all">
                  <span className="text-critical">{from ?? 'not set'}</span> →{' '}
                  <span className="text-good">{to ?? 'not set'}</span>
                </span>
              </li>
            ))}
          </ul>
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
