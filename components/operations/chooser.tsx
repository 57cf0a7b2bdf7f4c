'use client';

import { useId } from 'react';
import type { Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import type { ClusterView } from '@/lib/topology/view';
import { Candidates, Ends } from './candidates';
import { Later } from './later';
import { Targets } from './targets';

interface ChooserProps {
  readonly view: ClusterView;
  readonly wish: Wish;
  readonly preflight: Preflight;
  readonly onChange: (wish: Wish) => void;
}

/** What there is to choose of an operation: whom, and when. */
export function Chooser({ view, wish, preflight, onChange }: ChooserProps) {
  switch (wish.kind) {
    case 'switchover':
      return (
        <>
          <NewLeader
            {...{ view, preflight, chosen: wish.candidate }}
            onPick={(candidate) => onChange({ ...wish, candidate })}
          />
          <Later
            what="Switch over later"
            at={wish.at}
            onChange={(at) => onChange({ ...wish, at })}
          />
        </>
      );
    case 'failover':
      return (
        <NewLeader
          {...{ view, preflight, chosen: wish.candidate }}
          onPick={(candidate) => onChange({ ...wish, candidate })}
        />
      );
    case 'restart':
      return (
        <>
          <Section title="Whom to restart">
            <Targets
              {...{ view, preflight, chosen: wish.members }}
              onPick={(members) => onChange({ ...wish, members: [...members] })}
            />
          </Section>
          <PendingOnly
            checked={wish.pendingOnly}
            onChange={(pendingOnly) => onChange({ ...wish, pendingOnly })}
          />
          <Later what="Restart later" at={wish.at} onChange={(at) => onChange({ ...wish, at })} />
        </>
      );
    case 'reload':
      return (
        <Section title="Whom to reload">
          <Targets
            {...{ view, preflight, chosen: wish.members }}
            onPick={(members) => onChange({ ...wish, members: [...members] })}
          />
        </Section>
      );
    case 'cancel-restart':
    case 'reinitialise':
      return (
        <Section title="Which member">
          <Targets
            {...{ view, preflight, chosen: wish.member === null ? [] : [wish.member] }}
            one
            onPick={([member = null]) =>
              onChange(
                wish.kind === 'reinitialise'
                  ? { ...wish, member }
                  : { ...wish, member, at: restartOf(view, member) },
              )
            }
          />
        </Section>
      );
    case 'pause':
      return (
        <Later
          what="Remind me to resume it"
          at={wish.until === null ? null : new Date(wish.until).toISOString()}
          onChange={(at) => onChange({ ...wish, until: at === null ? null : Date.parse(at) })}
        />
      );
    default:
      return null;
  }
}

/** When a member is to be restarted; null: nothing is scheduled. */
export const restartOf = ({ members }: ClusterView, member: string | null): string | null =>
  members.find(({ name }) => name === member)?.scheduledRestart ?? null;

function NewLeader(props: React.ComponentProps<typeof Candidates>) {
  return (
    <>
      <Ends from={props.preflight.seen.leader} to={props.chosen} />
      <Section title="New leader">
        <Candidates {...props} />
      </Section>
    </>
  );
}

function Section({ title, children }: { title: string; children: React.ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="flex flex-col gap-2">
      <h3 id={id} className="font-semibold">
        {title}
      </h3>
      {children}
    </section>
  );
}

function PendingOnly({
  checked,
  onChange,
}: {
  checked: boolean;
  onChange: (checked: boolean) => void;
}) {
  return (
    <label className="flex min-h-9 items-center gap-2">
      <input
        type="checkbox"
        className="size-4.5"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      Only those that wait for a restart
    </label>
  );
}
