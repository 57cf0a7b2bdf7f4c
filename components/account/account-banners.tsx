'use client';

import { Age } from '@/components/stream/age';
import { exactMoment, moment } from '@/components/stream/moment';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { useAccount } from './use-account';
import { useSignOut } from './use-sign-out';

/** What of who is signed in the reader must know before doing anything. */
export function AccountBanners() {
  const me = useAccount();
  if (me === null) return null;
  return (
    <>
      {me.kind === 'emergency' && <Emergency />}
      {me.readOnlySince !== null && (
        <Banner id="read-only" state="attention">
          <strong>
            Accounts can’t be asked since{' '}
            <time
              dateTime={new Date(me.readOnlySince).toISOString()}
              title={exactMoment(me.readOnlySince)}
            >
              {moment(me.readOnlySince)}
            </time>
          </strong>{' '}
          (<Age at={me.readOnlySince} />
          ): reading goes on, acting takes the emergency token.
        </Banner>
      )}
    </>
  );
}

/** Not to be forgotten in a browser that somebody else opens next. */
function Emergency() {
  const { failure, leave } = useSignOut();
  return (
    <Banner
      id="emergency"
      state="critical"
      action={
        <Button size="sm" onClick={leave}>
          Sign out
        </Button>
      }
    >
      <strong>You are signed in by the emergency token</strong>: it may do everything, under
      nobody’s name. It is recorded, and ends within the hour.
      {failure !== null && ` ${failure}`}
    </Banner>
  );
}
