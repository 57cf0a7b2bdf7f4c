'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { DangerDialog } from '@/components/operations/danger-dialog';
import { RuleList } from '@/components/operations/rule-list';
import { useConnection } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import type { KeptVersion } from '@/lib/history/znode-version';
import type { RestorePreflight } from '@/lib/operations/restore';
import type { SettingChange } from '@/lib/operations/settings';
import type { ClusterView } from '@/lib/topology/view';

/** Brings an earlier configuration back: what it changes is said setting by setting, above the act. */
export function RestoreDialog({
  view,
  version,
  onClose,
  onRestored,
}: {
  view: ClusterView;
  version: KeptVersion;
  onClose: () => void;
  onRestored: () => void;
}) {
  const trpc = useTRPC();
  const reasonField = useId();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const [seen, setSeen] = useState<number | null>(null);
  const connected = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const checks = useQuery(
    trpc.configuration.preflight.queryOptions(
      { cluster: view.id, seq: version.seq },
      { refetchInterval: 1000, refetchIntervalInBackground: false, gcTime: 0 },
    ),
  );
  const restore = useMutation(
    trpc.configuration.restore.mutationOptions({ onSuccess: onRestored }),
  );
  const preflight = checks.data;
  // From the first letter on the decision is about what was seen then, or came first after it.
  if (typed !== '' && seen === null && preflight && preflight.seenVersion !== null) {
    setSeen(preflight.seenVersion);
  }
  const decided = seen ?? preflight?.seenVersion ?? null;
  const moved = seen !== null && preflight !== undefined && preflight.seenVersion !== seen;
  const name = view.name;
  const was = version.znode?.stat.version ?? 0;
  return (
    <DangerDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Restore version ${was} of the configuration of ${name}`}
      consequence={<Consequence view={view} changes={preflight?.changes ?? null} />}
      name={name}
      typed={typed}
      onTyped={(text) => {
        if (text === '') setSeen(null);
        setTyped(text);
      }}
      verb={`Restore version ${was} of ${name}`}
      obstacle={checks.error ? checks.error.message : obstacleOf(preflight, connected, moved)}
      pending={restore.isPending}
      failure={restore.error?.message ?? null}
      notice={
        moved && (
          <div
            role="alert"
            className="flex flex-col items-start gap-2 rounded-md border border-critical/50 bg-critical-soft px-3 py-2"
          >
            <p>The configuration has changed while you were deciding.</p>
            <Button
              size="sm"
              onClick={() => {
                restore.reset();
                setSeen(null);
                setTyped('');
              }}
            >
              Start over
            </Button>
          </div>
        )
      }
      onConfirm={() => {
        if (decided === null) return;
        restore.mutate({
          ...{ cluster: view.id, seq: version.seq, confirm: typed, reason },
          seenVersion: decided,
        });
      }}
    >
      {preflight === undefined ? (
        <Skeleton className="h-40 shrink-0" />
      ) : (
        <>
          {preflight.changes && <Changes changes={preflight.changes} />}
          <section aria-labelledby="checks-title" className="flex flex-col gap-2">
            <h3 id="checks-title" className="font-semibold">
              Checks of {name}
            </h3>
            <RuleList rules={preflight.rules} />
          </section>
        </>
      )}
      <div className="flex flex-col gap-1">
        <label htmlFor={reasonField} className="font-semibold">
          Reason <span className="font-normal text-muted">(kept with the record)</span>
        </label>
        <Input
          id={reasonField}
          value={reason}
          maxLength={500}
          spellCheck
          onChange={(event) => setReason(event.target.value)}
        />
      </div>
    </DangerDialog>
  );
}

function obstacleOf(
  preflight: RestorePreflight | undefined,
  connected: boolean,
  moved: boolean,
): string | null {
  if (!connected) return 'Howdah can’t be reached, so nothing can be asked of it.';
  if (preflight === undefined) return 'The checks are under way.';
  if (moved) return 'What you decided on is no longer so: start over.';
  const refused = preflight.rules.find(({ verdict }) => verdict === 'refuse');
  return refused ? `${refused.says}.` : null;
}

function Consequence({
  view,
  changes,
}: {
  view: ClusterView;
  changes: readonly SettingChange[] | null;
}) {
  const loop = view.config.is === 'ok' ? view.config.value.loopWait : 10;
  const count =
    changes === null
      ? 'The settings'
      : `${changes.length} ${changes.length === 1 ? 'setting' : 'settings'}`;
  return (
    <>
      {count} of {view.name} change on every member within about {loop} s, Patroni’s loop. Some take
      effect only when PostgreSQL is restarted; Patroni then says so of each member.
    </>
  );
}

function Changes({ changes }: { changes: readonly SettingChange[] }) {
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="changes-title" className="flex flex-col gap-2">
      <h3 id="changes-title" className="font-semibold">
        What changes
      </h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {changes.map(({ path, from, to }) => (
          <li key={path} data-testid="setting-change" className="px-3 py-1.5">
            <span className="font-mono text-sm">{path}</span>
            <span className="block font-mono text-sm">
              <span className="text-critical">{from ?? 'not set'}</span> →{' '}
              <span className="text-good">{to ?? 'not set'}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
