import {
  ANSWER_SETTLES_MS,
  answeredTarget,
  askedTarget,
  askingTarget,
  failTarget,
  nextTarget,
  restartsUntil,
} from '@/lib/operations/follow-members';
import { sinceOf, type Target, targetPatienceOf } from '@/lib/operations/plan';
import { isOther } from '@/lib/operations/rules/member';
import { unasked } from '@/lib/operations/run';
import type { Wish, WishOf } from '@/lib/operations/wish';
import type { RestCall } from '../../ports';
import type { Sending } from '../carry-out';
import { onceSent } from './stall';

type MemberWish = Extract<Wish, { kind: 'restart' | 'reload' | 'reinitialise' | 'cancel-restart' }>;

/** Asks one member after the other: the next once the last has done it, and none after one fails. */
export async function askMembers(sending: Sending, wish: MemberWish): Promise<void> {
  const { handle } = sending;
  for (
    let target = nextTarget(handle.run());
    target !== null && handle.run().view.outcome === null;
    target = nextTarget(handle.run())
  ) {
    const { member } = target;
    if (!(await askOne(sending, wish, target))) return;
    const isOver = () => {
      const state = handle.run().targets.find((one) => one.member === member)?.state;
      return state !== 'asking' && state !== 'asked';
    };
    const left = handle.run().targets.find((one) => one.member === member)?.until;
    await handle.until(isOver, Math.max(0, (left ?? 0) - sending.parts.clock.now()) + 5000);
    if (!isOver()) return;
  }
}

/** False: nothing more is to be asked of anybody. */
async function askOne(
  sending: Sending,
  wish: MemberWish,
  { member, leads }: Target,
): Promise<boolean> {
  const { handle, parts, guard } = sending;
  const { clock, patroni, settings, view } = parts;
  const now = clock.now();
  const until = now + targetPatienceOf(wish.kind, view());
  const target = view()?.members.find((one) => one.name === member);
  const before = sinceOf(wish.kind, target);
  // Stored before it is asked, so that nobody asks it again.
  if (!(await handle.advance(askingTarget(handle.run(), member, { now, until, before })))) {
    const says = 'Nothing was sent: the record of the operation could not be written';
    await handle.advance(failTarget(handle.run(), member, { now: clock.now(), says }));
    return false;
  }
  const apiUrl = target?.apiUrl ?? null;
  if (apiUrl === null) {
    const says = `Nothing was sent: ${member} names no REST address`;
    await handle.advance(failTarget(handle.run(), member, { now: clock.now(), says }));
    return false;
  }
  sending.sent = true;
  const hasAsked = () => {
    const is = handle.run().targets.find((one) => one.member === member)?.state;
    if (is !== 'asking') return;
    void handle.advance(askedTarget(handle.run(), member, { now: clock.now() }));
  };
  const call: RestCall = {
    ...callOf(wish, leads),
    // Only who has been asked is followed: what was done before that is not of its doing.
    guard: async () => {
      if (!(await guard()) || !(await scheduledAsSeen(sending, member))) return false;
      onceSent(hasAsked);
      return true;
    },
  };
  const answer = patroni.ask(apiUrl, call, settings);
  // It may be seen to have done it before it answers, and the answer to a restart may take minutes.
  void answer.then(async (got) => {
    if (got.is !== 'not-sent') hasAsked();
    if (got.is === 'answered') {
      await handle.advance(answeredTarget(handle.run(), member, { ...got, now: clock.now() }));
      handle.look(0);
      handle.look(ANSWER_SETTLES_MS);
      const asked = handle.run().targets.find((one) => one.member === member);
      const [now, seen] = [clock.now(), view()];
      const held = asked && seen ? restartsUntil(handle.run(), asked, seen) : null;
      if (held !== null && held > now) handle.look(held - now);
    } else if (got.is === 'not-sent' && handle.run().view.outcome === null) {
      const says = `Nothing was sent: ${member} could not be reached (${got.why})`;
      await handle.advance(failTarget(handle.run(), member, { now: clock.now(), says }));
    }
  });
  return true;
}

/** Patroni calls off whatever stands: whether that is what was seen has to be looked at here. */
async function scheduledAsSeen(
  { handle, parts: { clock, view } }: Sending,
  member: string,
): Promise<boolean> {
  const run = handle.run();
  if (run.wish.kind !== 'cancel-restart') return true;
  const now = view()?.members.find(({ name }) => name === member)?.scheduledRestart ?? null;
  if (!isOther(run.wish.at ?? null, now)) return true;
  const stands =
    now === null ? 'is scheduled any more' : 'as you saw it is scheduled: another one stands there';
  const says = `Nothing was sent: no restart of ${member} ${stands}`;
  await handle.advance(failTarget(unasked(run), member, { now: clock.now(), says }));
  return false;
}

function callOf(wish: MemberWish, leads: boolean): Omit<RestCall, 'guard'> {
  switch (wish.kind) {
    case 'restart':
      return { method: 'POST', path: '/restart', body: restartBody(wish, leads) };
    case 'reload':
      return { method: 'POST', path: '/reload' };
    case 'reinitialise':
      // Whatever it is about is broken off: it is asked for because that leads nowhere.
      return { method: 'POST', path: '/reinitialize', body: { force: true } };
    case 'cancel-restart':
      return { method: 'DELETE', path: '/restart' };
  }
}

/** Patroni checks these itself at the moment of the act. Of some it heeds that they are there. */
function restartBody(wish: WishOf<'restart'>, leads: boolean): Readonly<Record<string, unknown>> {
  return {
    // The leader's word differs between versions; a standby's doesn't.
    ...(leads ? {} : { role: 'replica' }),
    ...(wish.pendingOnly ? { restart_pending: true } : {}),
    ...(wish.at === null ? {} : { schedule: wish.at }),
  };
}
