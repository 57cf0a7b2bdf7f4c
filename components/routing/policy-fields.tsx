'use client';

import type { ReactNode } from 'react';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { Name } from '@/components/ui/name';
import type { RoutingPolicy } from '@/lib/routing/policy';
import type { ClusterView } from '@/lib/topology/view';
import type { PolicyDraft } from './policy-draft';

const leaderChoices: readonly (readonly [RoutingPolicy['leaderReads'], string])[] = [
  ['fallback', 'while too few standbys do'],
  ['never', 'never'],
  ['always', 'always'],
];

/** All that a policy says, but for its drains. */
export function PolicyFields({
  view,
  draft,
  onChange,
}: {
  view: ClusterView;
  draft: PolicyDraft;
  onChange: (draft: PolicyDraft) => void;
}) {
  const set = (part: Partial<PolicyDraft>) => onChange({ ...draft, ...part });
  return (
    <>
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-1 font-semibold">How fresh a standby has to be</legend>
        <Figure
          label="Limit in time"
          unit="seconds"
          hint="Nobody reads rows that are older, on a session opened a moment after that shows. Empty: no limit in time."
          value={draft.limitSeconds}
          onChange={(limitSeconds) => set({ limitSeconds })}
        />
        <Figure
          label="Limit in bytes"
          unit="MB of WAL not replayed yet"
          hint="Of two limits the nearer one counts. Empty: no limit in bytes."
          value={draft.limitMb}
          onChange={(limitMb) => set({ limitMb })}
        />
        <label className="flex min-h-9 items-center gap-2">
          <input
            type="checkbox"
            className="size-4.5"
            checked={draft.closeStale}
            onChange={(event) => set({ closeStale: event.target.checked })}
          />
          Close open sessions, too, on a standby that is further behind
        </label>
      </fieldset>
      <fieldset className="flex flex-col gap-3">
        <legend className="mb-1 font-semibold">Who serves</legend>
        <Figure
          label="Standbys that are to serve"
          unit="at least"
          hint="A drain that leaves fewer is refused."
          value={draft.leastStandbys}
          onChange={(leastStandbys) => set({ leastStandbys })}
        />
        <Field
          label="The leader serves reads"
          hint="HAProxy’s check is made for this: generate its configuration anew when you change between never and the others."
        >
          {(ids) => (
            <Select
              {...ids}
              className="min-h-9 w-full max-w-72 text-base"
              value={draft.leaderReads}
              onChange={({ target }) =>
                set({ leaderReads: target.value as RoutingPolicy['leaderReads'] })
              }
            >
              {leaderChoices.map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </Select>
          )}
        </Field>
        {draft.leaderReads !== 'never' && (
          <Figure
            label="Weight of the leader, where it serves"
            unit="of 100"
            value={draft.leaderWeight}
            onChange={(leaderWeight) => set({ leaderWeight })}
          />
        )}
        <Figure
          label="Slow start"
          unit="seconds from nothing to all of a share"
          hint="Caches are cold on who comes back, and reads slow its replay down."
          value={draft.slowStartSeconds}
          onChange={(slowStartSeconds) => set({ slowStartSeconds })}
        />
      </fieldset>
      <fieldset className="flex flex-col gap-2">
        <legend className="mb-1 font-semibold">Weights</legend>
        <p className="text-sm text-muted">
          What each can carry in relation to the others, 0 to 100. Empty is 100.
        </p>
        {view.members.map(({ name }) => (
          <div key={name} className="grid grid-cols-[minmax(0,1fr)_6rem] items-center gap-3">
            <Name>{name}</Name>
            <Input
              aria-label={`Weight of ${name}`}
              inputMode="numeric"
              className="tabular-nums"
              placeholder="100"
              value={draft.weights[name] ?? ''}
              onChange={(event) =>
                set({ weights: { ...draft.weights, [name]: event.target.value } })
              }
            />
          </div>
        ))}
      </fieldset>
    </>
  );
}

function Figure({
  label,
  unit,
  hint,
  value,
  onChange,
}: {
  label: string;
  unit: string;
  hint?: ReactNode;
  value: string;
  onChange: (value: string) => void;
}) {
  return (
    <Field label={label} hint={hint}>
      {(ids) => (
        <span className="flex items-center gap-2">
          <Input
            {...ids}
            inputMode="decimal"
            className="w-28 shrink-0 tabular-nums"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
          <span className="min-w-0 text-sm text-muted">{unit}</span>
        </span>
      )}
    </Field>
  );
}
