'use client';

import { Monitor } from 'lucide-react';
import { Age } from '@/components/stream/age';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import type { AccountSession } from '@/lib/access/account';
import { browserInWords } from './browser-words';

/** Browsers that are signed in, the one used last first. */
export function SessionsList({
  sessions,
  own,
  ending,
  onEnd,
}: {
  sessions: readonly AccountSession[];
  /** The one that this page belongs to; null: none of them. */
  own: string | null;
  /** The one that is being ended now. */
  ending: string | null;
  onEnd: (session: AccountSession) => void;
}) {
  const inOrder = [...sessions].sort(
    (a, b) => Number(b.id === own) - Number(a.id === own) || b.usedAt - a.usedAt,
  );
  return (
    <ul className="divide-y divide-line">
      {inOrder.map((session) => (
        <li
          key={session.id}
          data-testid="session"
          data-own={session.id === own}
          className="flex items-start gap-3 px-4 py-3"
        >
          <Monitor className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              <span title={session.agent ?? undefined}>{browserInWords(session.agent)}</span>
              {session.id === own && <Badge tone="accent">this browser</Badge>}
            </p>
            <p className="flex flex-wrap gap-x-4 text-sm text-muted">
              <span>from {session.from ?? 'an address that is not known'}</span>
              <span>
                last used <Age at={session.usedAt} />
              </span>
              <span>
                begun <Age at={session.createdAt} />
              </span>
            </p>
          </div>
          {session.id !== own && (
            <Button
              size="sm"
              aria-disabled={ending !== null}
              aria-label={`End ${browserInWords(session.agent)} from ${session.from ?? 'somewhere'}`}
              onClick={() => {
                if (ending === null) onEnd(session);
              }}
            >
              {ending === session.id ? 'Ending …' : 'End'}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
