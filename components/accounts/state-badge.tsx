import { exactMoment } from '@/components/stream/moment';
import { Badge } from '@/components/ui/badge';
import type { Account } from '@/lib/access/account';
import { stateOf } from './words';

export function StateBadge({ account }: { account: Account }) {
  switch (stateOf(account)) {
    case 'disabled':
      return (
        <Badge tone="unknown" className="shrink-0" title={exactMoment(account.disabledAt ?? 0)}>
          disabled
        </Badge>
      );
    case 'first password':
      return (
        <Badge className="shrink-0 whitespace-nowrap" title="To be changed at the next sign-in">
          first password
        </Badge>
      );
    case 'no role':
      return (
        <Badge tone="attention" className="shrink-0 whitespace-nowrap">
          no role
        </Badge>
      );
    case 'in use':
      return <span className="shrink-0 text-sm text-muted">in use</span>;
  }
}
