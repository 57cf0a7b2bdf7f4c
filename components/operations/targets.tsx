'use client';

import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { Preflight } from '@/lib/operations/types';
import type { ClusterView } from '@/lib/topology/view';
import { MemberChoice } from './member-choice';

/** Which members it is about. Who can't be asked says why, instead of not being there. */
export function Targets({
  view,
  preflight: { members },
  chosen,
  one = false,
  onPick,
}: {
  view: ClusterView;
  preflight: Preflight;
  chosen: readonly string[];
  /** Exactly one can be chosen. */
  one?: boolean;
  onPick: (names: readonly string[]) => void;
}) {
  const able = members.filter(({ verdict }) => verdict !== 'refuse').map(({ name }) => name);
  const leader = view.leader?.name ?? null;
  const standbys = able.filter((name) => name !== leader);
  const toggle = (name: string, on: boolean) => {
    if (one) onPick([name]);
    else onPick(on ? [...chosen, name] : chosen.filter((other) => other !== name));
  };
  return (
    <div className="flex flex-col gap-2">
      {!one && (
        <div className="flex flex-wrap gap-2">
          <Button size="sm" disabled={standbys.length === 0} onClick={() => onPick(standbys)}>
            All standbys
          </Button>
          <Button
            size="sm"
            disabled={leader === null || !able.includes(leader)}
            onClick={() => onPick(leader === null ? [] : [leader])}
          >
            The leader
          </Button>
          <Button size="sm" disabled={able.length === 0} onClick={() => onPick(able)}>
            All
          </Button>
        </div>
      )}
      <div className="flex flex-col gap-1">
        {members.map((result) => {
          const picked = chosen.includes(result.name);
          return (
            <MemberChoice
              key={result.name}
              result={result}
              picked={picked}
              control={(id) => (
                <input
                  id={id}
                  type={one ? 'radio' : 'checkbox'}
                  className="mt-0.5 size-4.5 shrink-0"
                  checked={picked}
                  // What is chosen and can't be any more can still be taken out.
                  disabled={result.verdict === 'refuse' && !picked}
                  aria-describedby={`${id}-why`}
                  onChange={(event) => toggle(result.name, event.target.checked)}
                />
              )}
            >
              {result.name === leader && <Badge tone="accent">leader</Badge>}
            </MemberChoice>
          );
        })}
      </div>
    </div>
  );
}
