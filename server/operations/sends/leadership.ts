import { answered, endAs, requested, unasked } from '@/lib/operations/run';
import type { WishOf } from '@/lib/operations/wish';
import type { FailoverBody } from '../../ports';
import type { Sending } from '../carry-out';
import { MOST_CHECKS, onceSent, STALL_MS } from './stall';

/**
 * Asks Patroni for a new leader: over REST, and only where that was certainly not reached, by the
 * same request in ZooKeeper.
 */
export async function askForLeadership(
  sending: Sending,
  wish: WishOf<'switchover'> | WishOf<'failover'>,
): Promise<void> {
  const { handle, parts, guard } = sending;
  const { clock, patroni, settings } = parts;
  const body = bodyOf(sending, wish);
  const asked = whomToAsk(sending, wish);
  if (asked.apiUrl !== null) {
    sending.sent = true;
    const hasAsked = () => {
      if (handle.run().view.state !== 'requested') return;
      const how = `Patroni on ${asked.name} has been asked`;
      void handle.advance(requested(handle.run(), how, clock.now()));
    };
    const path = wish.kind === 'switchover' ? '/switchover' : '/failover';
    const call = {
      ...({ method: 'POST', path } as const),
      body: { ...body },
      // Only what has been asked is followed: what came about before that is not of its doing.
      guard: async () => {
        if (!(await guard())) return false;
        onceSent(hasAsked);
        return true;
      },
    };
    const answer = await patroni.ask(asked.apiUrl, call, settings);
    if (answer.is !== 'not-sent') hasAsked();
    if (answer.is === 'answered') {
      await handle.advance(answered(handle.run(), answer, clock.now()));
      return;
    }
    // Perhaps received: whatever comes of it will be seen.
    if (answer.is === 'unanswered') return;
    sending.sent = false;
    if (handle.run().view.outcome) return;
  }
  await writeRequest(sending, body);
}

const REFUSALS = {
  occupied: 'another request stands in ZooKeeper.',
  moved: 'the leadership has moved meanwhile.',
  stale: 'ZooKeeper answers too slowly to be sure that all is the same.',
} as const;

/** REST was certainly not reached: the same request by ZooKeeper, if nothing has moved meanwhile. */
async function writeRequest(sending: Sending, body: FailoverBody): Promise<void> {
  const { handle, parts, guard } = sending;
  const { clock, patroni, key, access } = parts;
  const { leaderCzxid, requestVersion } = handle.run().seen;
  let came: keyof typeof REFUSALS | 'written' = 'stale';
  for (let check = 0; came === 'stale' && check < MOST_CHECKS; check += 1) {
    if (!(await guard()) || handle.run().view.outcome) return;
    const checkedAt = clock.now();
    const holds = () => clock.now() - checkedAt < STALL_MS;
    sending.sent = true;
    const how = 'REST could not be reached, so the request was written to ZooKeeper';
    void handle.advance(requested(handle.run(), how, clock.now()));
    came = await patroni.writeRequest(access(), key, { body, leaderCzxid, requestVersion, holds });
    if (came !== 'written') sending.sent = false;
  }
  if (came === 'written') return;
  const says = `Nothing was sent: ${REFUSALS[came]}`;
  await handle.advance(endAs(unasked(handle.run()), ['refused', says], clock.now()));
}

function bodyOf(
  { handle }: Sending,
  wish: WishOf<'switchover'> | WishOf<'failover'>,
): FailoverBody {
  const candidate = wish.candidate === null ? {} : { candidate: wish.candidate };
  // With a leader's name it is a switchover, whatever it is called.
  if (wish.kind === 'failover') return candidate;
  const { leader } = handle.run().seen;
  const at = wish.at === null ? {} : { scheduled_at: wish.at };
  return { ...(leader === null ? {} : { leader }), ...candidate, ...at };
}

/** The leader acts at once where it is the one that is asked; the candidate, where there is none. */
function whomToAsk(
  { handle, parts }: Sending,
  wish: WishOf<'switchover'> | WishOf<'failover'>,
): { readonly name: string; readonly apiUrl: string | null } {
  const { leader } = handle.run().seen;
  const name = (wish.kind === 'failover' ? wish.candidate : leader) ?? '';
  const member = parts.view()?.members.find((one) => one.name === name);
  return { name, apiUrl: member?.apiUrl ?? null };
}

/** Takes exactly the request back that was seen: by its version, which REST can't say. */
export async function cancelRequest(sending: Sending): Promise<void> {
  const { handle, parts, guard } = sending;
  const { clock, patroni, key, access } = parts;
  const { requestVersion } = handle.run().seen;
  if (requestVersion === null || !(await guard())) return;
  sending.sent = true;
  if ((await patroni.clearRequest(access(), key, requestVersion)) === 'moved') {
    const says = 'Nothing was cancelled: the request has been carried out or replaced meanwhile.';
    await handle.advance(endAs(handle.run(), ['refused', says], clock.now()));
    return;
  }
  const how = 'The request has been taken out of ZooKeeper';
  await handle.advance(requested(handle.run(), how, clock.now()));
}
