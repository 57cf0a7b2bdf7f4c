'use client';

import { useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { Later } from '@/components/operations/later';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import type { RoutingView } from '@/lib/routing/view';
import type { ClusterView } from '@/lib/topology/view';
import { isSame, seenOf, useChange } from './use-routing';
import { percentOf, sessionsOf } from './words';

/** Takes a member out of the reads in peace: who, why and until when is said, and kept. */
export function DrainDialog({
  view,
  routing,
  member,
  mayNot,
  onClose,
}: {
  view: ClusterView;
  routing: RoutingView;
  member: string;
  mayNot: string | null;
  onClose: () => void;
}) {
  const [reason, setReason] = useState('');
  const [until, setUntil] = useState<string | null>(null);
  // What stood there when it was opened: if that moves, nothing is done.
  const [seen, setSeen] = useState(() => seenOf(routing.policy));
  const change = useChange(onClose);
  const moved = !isSame(seen, seenOf(routing.policy)) && !change.isPending && !change.isSuccess;
  const verdict = routing.weighing?.verdicts.find((one) => one.member === member);
  const sessions = sessionsOf(routing.servers, member, ['read', 'last-resort']);
  const others = routing.weighing?.verdicts.filter(
    (one) => one.member !== member && one.percent > 0,
  );
  const obstacle =
    mayNot ??
    (verdict === undefined ? `${view.name} has no member ${member} that is weighed now.` : null);
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent title={`Drain ${member} of reads`}>
        <form
          className="flex min-h-0 flex-col gap-4 overflow-y-auto p-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (obstacle !== null || moved || change.isPending) return;
            change.mutate({
              cluster: view.id,
              seen,
              change: {
                ...{ kind: 'drain', member, reason },
                until: until === null ? null : Date.parse(until),
              },
              reason,
            });
          }}
        >
          <DialogDescription>
            No new session is opened on {member} through HAProxy; those that are open go on until
            they end by themselves. It holds though Howdah is restarted or gone.
          </DialogDescription>
          <ul className="list-disc pl-5">
            <li>
              {member} carries {percentOf(verdict?.share ?? null)} of new sessions now, and{' '}
              {sessions === null ? 'an unknown number of' : sessions} open sessions.
            </li>
            <li>
              {others === undefined || others.length === 0
                ? 'Nobody else serves reads now: HAProxy will send them to whoever Patroni accepts.'
                : `Reads go on at ${others.map((one) => one.member).join(' and ')}.`}
            </li>
            {view.members.find(({ name }) => name === member)?.isLeader && (
              <li>Writes are not touched: they follow the leader.</li>
            )}
          </ul>
          <Field label="Reason" hint="Kept in the audit, and shown to whoever looks.">
            {(ids) => (
              <Input {...ids} value={reason} onChange={(event) => setReason(event.target.value)} />
            )}
          </Field>
          <Later what="End it by itself" at={until} onChange={setUntil} />
          {moved && (
            <Notice state="critical" alert>
              <p>Somebody has changed the policy since this was opened.</p>
              <Button
                size="sm"
                className="mt-2"
                onClick={() => {
                  change.reset();
                  setSeen(seenOf(routing.policy));
                }}
              >
                Go by what stands there now
              </Button>
            </Notice>
          )}
          {change.error !== null && (
            <Notice state="critical" alert>
              {whyNotDone(change.error)}
            </Notice>
          )}
          {obstacle !== null && <p className="text-sm text-muted">{obstacle}</p>}
          <div className="flex flex-wrap justify-end gap-2">
            <Button onClick={onClose}>Cancel</Button>
            <Button
              type="submit"
              tone="accent"
              disabled={obstacle !== null || moved || change.isPending}
            >
              {change.isPending ? 'Asking…' : `Drain ${member}`}
            </Button>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
