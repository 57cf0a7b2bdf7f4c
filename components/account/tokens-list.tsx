'use client';

import { Age } from '@/components/stream/age';
import { useNow } from '@/components/stream/clock';
import { exactMoment } from '@/components/stream/moment';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import type { ApiToken } from '@/lib/access/account';
import { formatDuration } from '@/lib/units';
import { capital, rolesInWords } from './roles-in-words';

const SOON_MS = 7 * 86_400_000;

/** Tokens that are good first, then those that have ended. */
export function TokensList({
  tokens,
  withOwner,
  onRevoke,
}: {
  tokens: readonly ApiToken[];
  /** Whose each is: where they are not all one's own. */
  withOwner: boolean;
  onRevoke: (token: ApiToken) => void;
}) {
  const now = useNow();
  const isOver = (token: ApiToken): boolean => token.revokedAt !== null || token.expiresAt <= now;
  const inOrder = [...tokens].sort(
    (a, b) => Number(isOver(a)) - Number(isOver(b)) || b.createdAt - a.createdAt,
  );
  return (
    <ul className="divide-y divide-line">
      {inOrder.map((token) => (
        <li
          key={token.id}
          data-testid="token"
          className={cn('flex items-start gap-3 px-4 py-3', isOver(token) && 'text-muted')}
        >
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-2 font-medium">
              <span className="min-w-0">{token.name}</span>
              <State token={token} now={now} />
            </p>
            <p className="text-sm">{capital(rolesInWords(token.grants))}</p>
            <p className="flex flex-wrap gap-x-4 text-sm text-muted">
              {withOwner && <span>of {token.owner}</span>}
              <span>
                made <Age at={token.createdAt} />
              </span>
              <span>
                {token.usedAt === null ? (
                  'never used'
                ) : (
                  <>
                    last used <Age at={token.usedAt} />
                    {token.usedFrom !== null && ` from ${token.usedFrom}`}
                  </>
                )}
              </span>
            </p>
          </div>
          {!isOver(token) && (
            <Button size="sm" aria-label={`Revoke ${token.name}`} onClick={() => onRevoke(token)}>
              Revoke
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}

function State({ token, now }: { token: ApiToken; now: number }) {
  if (token.revokedAt !== null) {
    return <Badge title={exactMoment(token.revokedAt)}>revoked</Badge>;
  }
  const left = token.expiresAt - now;
  if (left <= 0) return <Badge title={exactMoment(token.expiresAt)}>expired</Badge>;
  return (
    <Badge
      tone={left < SOON_MS ? 'attention' : 'plain'}
      title={`Expires ${exactMoment(token.expiresAt)}`}
    >
      expires in {formatDuration(left)}
    </Badge>
  );
}
