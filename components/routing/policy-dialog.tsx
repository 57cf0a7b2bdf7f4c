'use client';

import { useState } from 'react';
import { whyNotDone } from '@/components/account/failures';
import { Button } from '@/components/ui/button';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Notice } from '@/components/ui/notice';
import { defaultPolicy } from '@/lib/routing/policy';
import type { RoutingView } from '@/lib/routing/view';
import type { ClusterView } from '@/lib/topology/view';
import { draftOf, type PolicyDraft, policyIn } from './policy-draft';
import { PolicyFields } from './policy-fields';
import { PolicyPreview } from './policy-preview';
import { isSame, seenOf, useChange } from './use-routing';

/** A policy is edited, with what it would give beside it. Nothing typed is lost when another comes. */
export function PolicyDialog({
  view,
  routing,
  mayNot,
  onClose,
}: {
  view: ClusterView;
  routing: RoutingView;
  mayNot: string | null;
  onClose: () => void;
}) {
  const { policy } = routing;
  const standing = policy.is === 'ok' ? policy.policy : defaultPolicy;
  const [seen, setSeen] = useState(() => seenOf(policy));
  const [draft, setDraft] = useState<PolicyDraft>(() => draftOf(standing));
  const [reason, setReason] = useState('');
  const change = useChange(onClose);
  const read = policyIn(draft, standing.drains);
  // One's own change may be told before it is answered.
  const moved = !isSame(seen, seenOf(policy)) && !change.isPending && !change.isSuccess;
  const obstacle = mayNot ?? ('wrong' in read ? read.wrong : null);
  const isNew = policy.is === 'none';
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()}>
      <DialogContent
        title={isNew ? `Balance the reads of ${view.name}` : `Routing policy of ${view.name}`}
        place="side"
        className="lg:w-[min(62rem,100vw)]"
        onInteractOutside={(event) => event.preventDefault()}
      >
        <form
          className="flex min-h-0 flex-1 flex-col"
          onSubmit={(event) => {
            event.preventDefault();
            if (obstacle !== null || moved || change.isPending || 'wrong' in read) return;
            const { drains: _, ...wanted } = read;
            change.mutate({
              ...{ cluster: view.id, seen, reason },
              change: { kind: 'policy', policy: wanted },
            });
          }}
        >
          <div className="flex min-h-0 flex-1 flex-col gap-5 overflow-y-auto p-4 lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:items-start lg:gap-8">
            <div className="flex flex-col gap-5">
              <DialogDescription>
                New sessions for reads are spread by how fresh each standby is. Sessions that are
                open are left alone, unless it is said otherwise below. Writes are not touched.
              </DialogDescription>
              <PolicyFields {...{ view, draft }} onChange={setDraft} />
            </div>
            {/* Beside the fields where there is room, so that a change is seen as it is typed. */}
            <div className="flex flex-col gap-5 lg:sticky lg:top-0">
              {'wrong' in read ? (
                <p className="text-muted">What it would give is told once it can be read.</p>
              ) : (
                <PolicyPreview view={view} policy={read} />
              )}
              <Field label="Reason" hint="Kept in the audit.">
                {(ids) => (
                  <Input
                    {...ids}
                    value={reason}
                    onChange={(event) => setReason(event.target.value)}
                  />
                )}
              </Field>
            </div>
          </div>
          <div className="flex flex-col gap-2 border-t border-line p-4">
            {moved && (
              <Notice state="critical" alert>
                <p>Somebody has changed the policy while you were editing.</p>
                <div className="mt-2 flex flex-wrap gap-2">
                  <Button size="sm" onClick={() => setSeen(seenOf(policy))}>
                    Keep mine, and write it over theirs
                  </Button>
                  <Button
                    size="sm"
                    onClick={() => {
                      setSeen(seenOf(policy));
                      setDraft(draftOf(standing));
                    }}
                  >
                    Start over on theirs
                  </Button>
                </div>
              </Notice>
            )}
            {change.error !== null && (
              <Notice state="critical" alert>
                {whyNotDone(change.error)}
              </Notice>
            )}
            <p className="min-h-5 text-sm text-muted">{obstacle}</p>
            <div className="flex flex-wrap justify-end gap-2">
              <Button onClick={onClose}>Cancel</Button>
              <Button
                type="submit"
                tone="accent"
                disabled={obstacle !== null || moved || change.isPending}
              >
                {change.isPending
                  ? 'Asking…'
                  : isNew
                    ? `Balance reads of ${view.name}`
                    : 'Save the policy'}
              </Button>
            </div>
          </div>
        </form>
      </DialogContent>
    </Dialog>
  );
}
