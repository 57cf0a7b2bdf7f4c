'use client';

import { coloursOf } from '@/components/cluster/colours';
import { roleWords } from '@/components/cluster/words';
import { Button } from '@/components/ui/button';
import { Name } from '@/components/ui/name';
import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import type { RoutingView } from '@/lib/routing/view';
import type { Verdict } from '@/lib/routing/weigh';
import type { ClusterView } from '@/lib/topology/view';
import { HaproxyFigures } from './haproxy-figures';
import { ShareBar } from './share-bar';
import { byWeight, percentOf, sessionsOf, whyWords } from './words';

/** Who carries what, and why: a row for each member, those that carry most first. */
export function Carriers({
  view,
  routing,
  mayNot,
  onDrain,
  onLift,
}: {
  view: ClusterView;
  routing: RoutingView;
  /** Why the reader may change nothing; null: they may. */
  mayNot: string | null;
  onDrain: (member: string) => void;
  onLift: (member: string) => void;
}) {
  const { weighing } = routing;
  const colours = coloursOf(view.members.map(({ name }) => name));
  const verdicts = weighing?.verdicts.toSorted(byWeight) ?? [];
  return (
    <Panel id="carriers" title="Who carries the reads">
      <ul className="divide-y divide-line">
        {verdicts.map((verdict) => (
          <Carrier
            key={verdict.member}
            {...{ verdict, view, routing, mayNot }}
            colour={colours.get(verdict.member)}
            onDrain={() => onDrain(verdict.member)}
            onLift={() => onLift(verdict.member)}
          />
        ))}
      </ul>
    </Panel>
  );
}

interface CarrierProps {
  readonly verdict: Verdict;
  readonly view: ClusterView;
  readonly routing: RoutingView;
  readonly colour: string | undefined;
  readonly mayNot: string | null;
  readonly onDrain: () => void;
  readonly onLift: () => void;
}

function Carrier(props: CarrierProps) {
  const { verdict, view, routing, colour, mayNot, onDrain, onLift } = props;
  const { member: name, why, says, percent, share, worst } = verdict;
  const member = view.members.find((one) => one.name === name);
  const { word, state } = whyWords[why];
  const sessions = sessionsOf(routing.servers, name, ['read', 'last-resort']);
  const { policy } = routing;
  const isDrained = policy.is === 'ok' && Object.hasOwn(policy.policy.drains, name);
  return (
    <li
      data-member={name}
      data-why={why}
      data-percent={percent}
      data-sessions={sessions ?? 'unknown'}
      className="grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-2 px-4 py-3 md:grid-cols-[minmax(9rem,14rem)_minmax(10rem,1fr)_minmax(0,2fr)_6rem]"
    >
      <div className="min-w-0">
        <span className="flex items-center gap-2 font-semibold">
          <StateIcon state={state} />
          <Name>{name}</Name>
        </span>
        <span className="block text-sm text-muted">
          {member ? roleWords(member) : 'no member any more'} · {word}
        </span>
      </div>
      <div className="order-3 col-span-2 flex flex-col gap-1.5 md:order-none md:col-span-1">
        <p className="flex items-baseline justify-between gap-3 tabular-nums">
          <span>
            <strong className="text-lg">{percentOf(share)}</strong>{' '}
            <span className="text-sm text-muted">of new sessions</span>
          </span>
          <span className="text-sm whitespace-nowrap">
            {sessionsInWords(sessions, why === 'drained')}
          </span>
        </p>
        <ShareBar part={share ?? 0} colour={colour} />
      </div>
      <div className="order-4 col-span-2 min-w-0 md:order-none md:col-span-1">
        <p className="[overflow-wrap:anywhere]">{says}</p>
        <p className="mt-0.5 text-sm text-muted tabular-nums">
          weight {percent} % of its own
          {worst !== null && !member?.isLeader && ` · ${Math.round(worst * 100)} % of the limit`}
        </p>
        <HaproxyFigures servers={routing.servers} member={name} />
      </div>
      <Button
        size="sm"
        className="justify-self-end"
        disabled={mayNot !== null}
        title={mayNot ?? undefined}
        onClick={isDrained ? onLift : onDrain}
      >
        {isDrained ? 'End drain' : 'Drain …'}
      </Button>
    </li>
  );
}

/** Of a drained member it is what is left until it can be worked on. */
function sessionsInWords(sessions: number | null, isDrained: boolean): string {
  if (sessions === null) return 'sessions unknown';
  if (!isDrained) return `${sessions} open`;
  return sessions === 0 ? 'no session left' : `${sessions} still open`;
}
