'use client';

import { Plus, X } from 'lucide-react';
import { useMemo } from 'react';
import { useFollow, useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/input';
import { type Grant, type Role, roleName, type Scope, scopeInWords } from '@/lib/access/roles';
import { capital } from './roles-in-words';
import { keyOf, placesOf, rolesFor } from './scopes';

interface EditorProps {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
  /** What whoever gives them has, where they can't give more; null: they may give anything. */
  readonly mine: readonly Grant[] | null;
}

/** Roles, each with where: on all clusters, on a namespace, or on one of the clusters there are. */
export function GrantEditor({ grants, onChange, mine }: EditorProps) {
  useFollow('fleet');
  const ensembles = useStream((stream) => stream.ensembles);
  const fleet = useStream((stream) => stream.fleet);
  const places = useMemo(() => placesOf(ensembles, fleet.values()), [ensembles, fleet]);
  const offered: readonly Scope[] = [
    { of: 'all' as const },
    ...places.namespaces,
    ...places.clusters,
  ].filter((scope) => rolesFor(scope, mine).length > 0);
  const replace = (at: number, grant: Grant): void =>
    onChange(grants.map((one, n) => (n === at ? grant : one)));
  const used = new Set(grants.map(({ scope }) => keyOf(scope)));
  const first = offered.find((scope) => !used.has(keyOf(scope))) ?? offered[0];
  return (
    <div className="flex flex-col gap-2">
      {grants.length > 0 && (
        <ul className="flex flex-col gap-5 sm:gap-2">
          {grants.map((grant, at) => (
            <li
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place alone
              key={at}
              data-testid="grant"
              className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-2 sm:flex"
            >
              <Row
                grant={grant}
                offered={offered}
                mine={mine}
                onChange={(next) => replace(at, next)}
              />
              <Button
                tone="quiet"
                size="icon"
                className="max-sm:col-start-2 max-sm:row-start-1"
                aria-label={`Take away: ${roleName[grant.role]} of ${scopeInWords(grant.scope)}`}
                onClick={() => onChange(grants.filter((_, n) => n !== at))}
              >
                <X className="size-4" aria-hidden />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button
        size="sm"
        className="self-start"
        disabled={first === undefined}
        onClick={() => {
          if (first) onChange([...grants, { role: 'viewer', scope: first }]);
        }}
      >
        <Plus className="size-4" aria-hidden />
        {grants.length === 0 ? 'Add a role' : 'Add another role'}
      </Button>
    </div>
  );
}

function Row({
  grant: { role, scope },
  offered,
  mine,
  onChange,
}: {
  grant: Grant;
  offered: readonly Scope[];
  mine: EditorProps['mine'];
  onChange: (grant: Grant) => void;
}) {
  const key = keyOf(scope);
  // What is held on a cluster that is not there now stays as it is.
  const all = offered.some((one) => keyOf(one) === key) ? offered : [scope, ...offered];
  const move = (to: Scope): void => {
    const may = rolesFor(to, mine);
    onChange({ role: may.includes(role) ? role : (may.at(-1) ?? 'viewer'), scope: to });
  };
  const group = (of: Scope['of']) =>
    all
      .filter((one) => one.of === of)
      .map((one) => (
        <option key={keyOf(one)} value={keyOf(one)}>
          {of === 'all' ? 'All clusters' : scopeInWords(one)}
        </option>
      ));
  return (
    <>
      <Select
        aria-label="Role"
        className="min-h-9"
        value={role}
        onChange={(event) => onChange({ role: event.target.value as Role, scope })}
      >
        {[...new Set([...rolesFor(scope, mine), role])].map((one) => (
          <option key={one} value={one}>
            {capital(roleName[one])}
          </option>
        ))}
      </Select>
      <span className="text-muted max-sm:sr-only">of</span>
      {/* On a phone a line of its own: the name of a cluster says its namespace too. */}
      <Select
        aria-label="Where"
        className="min-h-9 min-w-0 flex-1 max-sm:col-span-2"
        value={key}
        onChange={(event) => {
          const to = all.find((one) => keyOf(one) === event.target.value);
          if (to) move(to);
        }}
      >
        {group('all')}
        <optgroup label="Namespaces">{group('namespace')}</optgroup>
        <optgroup label="Clusters">{group('cluster')}</optgroup>
      </Select>
    </>
  );
}
