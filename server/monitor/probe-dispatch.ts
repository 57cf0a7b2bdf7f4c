import type { Clock } from '../ports';
import { type BudgetLimits, ConnectionBudget, NEVER } from './probe-budget';
import { deadlineOf, insertByDeadline, isDoubtful, isLate, type Member } from './probe-member';
import { TimeQueue } from './probe-queue';
import { nextOnGrid, type Rank, ranks } from './probe-timing';

export interface DispatchOptions {
  readonly clock: Clock;
  readonly limits: BudgetLimits;
  readonly rankOf: (member: Member) => Rank;
  /** It is its turn, and it may have a connection. */
  readonly ask: (member: Member, now: number) => void;
  /** Its connection goes to another; a poll under way over it ends. */
  readonly giveUp: (member: Member) => void;
  /** The clock was set back: everybody who is not asked or waiting needs a new time. */
  readonly onClockSetBack: () => void;
}

/** A poll that has run for so long may be ended when somebody who answers needs its connection. */
const SUSPECT_MS = 500;
/** Among ranks: dearer than an idle connection, cheaper than one that somebody looks at. */
const CUT_SHORT_COST = 0.5;
/** How often those that wait for a connection are looked at. */
const RETRY_MS = 50;
/** A timer this late means that the process was held up, not that servers are slow. */
const HELD_UP_MS = 250;
/** The longest sleep, so that a clock that was set back is noticed. */
const NAP_MS = 1000;

/**
 * Lets members be asked when they are due and can have a connection. One that has a connection
 * needs nothing else. The others wait, in order of their deadlines, for room under the limits or
 * for a connection that is worth less.
 */
export class ProbeDispatch {
  readonly #options: DispatchOptions;
  readonly #due = new TimeQueue<Member>();
  readonly #budget: ConnectionBudget<Member>;
  /** Due, and without a connection; by deadline. */
  #waiting: Member[] = [];
  #turnedAt: number;
  #wakeAt = Number.POSITIVE_INFINITY;
  #heldUpAt = Number.NEGATIVE_INFINITY;
  #cancel = () => {};

  constructor(options: DispatchOptions) {
    this.#options = options;
    this.#budget = new ConnectionBudget(options.limits);
    this.#turnedAt = options.clock.now();
  }

  get waiting(): readonly Member[] {
    return this.#waiting;
  }

  schedule(member: Member, due: number, wait: number): void {
    member.due = due;
    member.wait = wait;
    this.#due.put(member, due);
  }

  /** Where it waits already, it now has less time. False: it doesn't wait. */
  press(member: Member, wait: number): boolean {
    const at = this.#waiting.indexOf(member);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    member.wait = Math.min(member.wait, wait);
    insertByDeadline(this.#waiting, member);
    return true;
  }

  /** It has answered, and keeps its connection. */
  keep(member: Member): void {
    this.#budget.clear(member);
  }

  /** Its connection has ended. */
  release(member: Member): void {
    this.#budget.release(member);
  }

  remove(member: Member): void {
    this.#due.remove(member);
    this.#waiting = this.#waiting.filter((one) => one !== member);
    this.#budget.release(member);
  }

  /** Does what is to be done now and sleeps until there is more. */
  turn(): void {
    const now = this.#options.clock.now();
    if (now < this.#turnedAt - NAP_MS) this.#options.onClockSetBack();
    this.#turnedAt = now;
    if (now - this.#wakeAt > HELD_UP_MS) this.#heldUpAt = now;
    if (this.#wakeAt <= now) this.close();
    for (let next = this.#due.take(now); next; next = this.#due.take(now)) this.#arrive(next, now);
    this.#serve(now);
    this.#sleep(now);
  }

  close(): void {
    this.#cancel();
    this.#wakeAt = Number.POSITIVE_INFINITY;
  }

  #arrive(member: Member, now: number): void {
    if (member.failures === 0 && !member.passedOver && isLate(member, now)) {
      // The whole process was held up, and everybody would come at once: each waits for its turn.
      member.passedOver = true;
      this.schedule(member, nextOnGrid(now, member.wait, member.phase), member.wait);
      return;
    }
    if (this.#budget.has(member)) this.#ask(member, now);
    else insertByDeadline(this.#waiting, member);
  }

  #ask(member: Member, now: number): void {
    this.#budget.take(member, this.#doubtful(member));
    this.#options.ask(member, now);
  }

  /** Asks those that wait and can have a connection, by deadline. */
  #serve(now: number): void {
    if (this.#waiting.length === 0) return;
    const full = new Set<Rank | 'doubtful'>();
    this.#waiting = this.#waiting.filter((member) => {
      const doubtful = this.#doubtful(member);
      const kind = doubtful ? 'doubtful' : this.#options.rankOf(member);
      // Whoever comes later has no better claim than the first of its kind.
      if (full.has(kind)) return true;
      const room = this.#budget.room(member, doubtful, (holder) => this.#cost(member, holder, now));
      if ('full' in room) {
        if (room.full === 'total') full.add(kind);
        return true;
      }
      for (const holder of room.from) {
        this.#budget.release(holder);
        this.#options.giveUp(holder);
      }
      this.#ask(member, now);
      return false;
    });
  }

  /** What it costs to take a holder's connection away for `member`. */
  #cost(member: Member, holder: Member, now: number): number {
    const doubtful = this.#doubtful(member);
    if (holder.asking) {
      // Answers that came while the process was held up have not been read yet.
      const hangs = now - Math.max(holder.askedAt, this.#heldUpAt) > SUSPECT_MS;
      const pressing = !doubtful && now - member.due > member.wait / 4;
      return hangs && pressing ? CUT_SHORT_COST : NEVER;
    }
    const rank = this.#options.rankOf(holder);
    const claim = doubtful ? ranks.idle : this.#options.rankOf(member);
    // Whoever has waited for too long has a claim on everybody's: nobody starves.
    return rank <= claim || now > deadlineOf(member) ? rank : NEVER;
  }

  /** What is operated on is asked on whatever it did last time: how long it is away is measured. */
  #doubtful(member: Member): boolean {
    return isDoubtful(member) && this.#options.rankOf(member) !== ranks.urgent;
  }

  #sleep(now: number): void {
    const due = this.#due.nextAt ?? Number.POSITIVE_INFINITY;
    const at = Math.min(due, now + (this.#waiting.length > 0 ? RETRY_MS : NAP_MS));
    const idle = this.#due.size + this.#waiting.length === 0;
    if (!idle && this.#wakeAt > now && this.#wakeAt <= at) return;
    this.close();
    if (idle) return;
    this.#wakeAt = at;
    this.#cancel = this.#options.clock.after(Math.ceil(at - now), () => {
      // It may go off early, by this clock: what matters is that it has.
      this.#wakeAt = Math.min(this.#wakeAt, this.#options.clock.now());
      this.turn();
    });
  }
}
