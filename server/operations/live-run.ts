import { movesLeadership } from '@/lib/operations/follow';
import type { Run } from '@/lib/operations/run';
import type { Clock } from '../ports';
import type { Records, StoredRun } from './records';

/** Old leaders may be slow to come back; for so long an ended run still notes it. */
const AFTERWARDS_MS = 120_000;
/** And for so long an unknown outcome may still be resolved by what is seen. */
const RESOLVABLE_MS = 1_800_000;

/** True while something may still happen to a run. */
export function isOpen(run: Run, now: number): boolean {
  const { state, outcome, steps } = run.view;
  if (state !== 'ended') return true;
  if (outcome?.code === 'unknown') return now - outcome.at < RESOLVABLE_MS;
  if (outcome?.code !== 'done' && outcome?.code !== 'done-other') return false;
  const back = steps.find((step) => step.code === 'old-leader-back');
  if (!movesLeadership(run) || back === undefined) return false;
  return back.at === null && now - outcome.at < AFTERWARDS_MS;
}

/**
 * A run in this process and its record in ZooKeeper. The newest state is shown at once and stored
 * as soon as ZooKeeper takes it, one write at a time and each over exactly the version before.
 */
export class LiveRun {
  readonly ensemble: string;
  /** Another process began it. */
  readonly resumed: boolean;
  readonly #records: Records;
  #run: Run;
  #saved: Run;
  #version: number;
  /** The states since the last that is known to be stored, whose writes may have been taken. */
  #unanswered: readonly Run[] = [];
  #tail: Promise<boolean> = Promise.resolve(true);
  readonly #waiters = new Set<() => void>();
  #foreign = false;

  constructor(
    { ensemble, resumed = false }: { readonly ensemble: string; readonly resumed?: boolean },
    records: Records,
    stored: StoredRun,
  ) {
    this.ensemble = ensemble;
    this.resumed = resumed;
    this.#records = records;
    this.#run = stored.run;
    this.#saved = stored.run;
    this.#version = stored.version;
  }

  get run(): Run {
    return this.#run;
  }

  /** Another process has taken it up: what is stored is not this one's to change any more. */
  get foreign(): boolean {
    return this.#foreign;
  }

  /** Shows what another process has made of it. */
  adopt(run: Run | null): void {
    this.#foreign = true;
    if (run === null) return;
    this.#saved = run;
    this.set(run);
  }

  get unsaved(): boolean {
    return this.#saved !== this.#run;
  }

  /** True while something may still happen to it. */
  isOpen(clock: Clock): boolean {
    return isOpen(this.#run, clock.now());
  }

  set(run: Run): void {
    this.#run = run;
    for (const waiter of this.#waiters) waiter();
  }

  /** Settles once the run is such, or has ended, or the time is over. */
  until(clock: Clock, holds: (run: Run) => boolean, byMs: number): Promise<void> {
    return new Promise((done) => {
      const look = () => {
        if (!holds(this.#run) && this.#run.view.outcome === null) return;
        this.#waiters.delete(look);
        cancel();
        done();
      };
      const cancel = clock.after(byMs, () => {
        this.#waiters.delete(look);
        done();
      });
      this.#waiters.add(look);
      look();
    });
  }

  /**
   * Whether the record is exactly what this process wrote last: another may have taken the run up
   * while this one stood still. Throws when ZooKeeper can't be asked.
   */
  async isOurs(): Promise<boolean> {
    await this.#tail.catch(() => true);
    const found = await this.#records.read(this.#run.view.cluster);
    if (found === null || found.run.view.id !== this.#run.view.id) return false;
    if (found.version === this.#version) return true;
    const unanswered = this.#unansweredAs(found.run);
    if (unanswered === null) return false;
    this.#unanswered = [];
    this.#saved = unanswered;
    this.#version = found.version;
    return true;
  }

  /**
   * Nothing is stored before that: an end that is on record is not told again by the next process,
   * so it has to be in the audit first. Told twice it is there once.
   */
  holdUntil(told: Promise<void>): void {
    this.#tail = Promise.all([this.#tail.catch(() => true), told]).then(([saved]) => saved);
    this.#tail.catch(() => {});
  }

  /**
   * Stores the newest state. False when the record has moved under us, which no other Howdah does
   * to a run that is carried out. Throws when ZooKeeper can't be reached; call again then.
   */
  save(): Promise<boolean> {
    const next = this.#tail.catch(() => true).then(() => this.#saveNow());
    this.#tail = next;
    // Whoever waits gets the error; nobody waiting must not make it unhandled.
    next.catch(() => {});
    return next;
  }

  /**
   * A write whose answer was lost may have moved the version. Only where exactly that stands there
   * is it ours: another process may have taken the run up, and ended it.
   */
  async #saveOverOwn(run: Run): Promise<StoredRun | null> {
    if (this.#unanswered.length === 0) return null;
    const found = await this.#records.read(run.view.cluster);
    if (!found || this.#unansweredAs(found.run) === null) return null;
    return this.#records.save(run, found.version);
  }

  /** Which of the writes whose answers were lost that is; null: none of them. */
  #unansweredAs(found: Run): Run | null {
    const stored = JSON.stringify(found);
    return this.#unanswered.find((one) => JSON.stringify(one) === stored) ?? null;
  }

  async #saveNow(): Promise<boolean> {
    const run = this.#run;
    if (this.#foreign) return false;
    if (this.#saved === run) return true;
    let stored: StoredRun | null;
    try {
      stored = (await this.#records.save(run, this.#version)) ?? (await this.#saveOverOwn(run));
    } catch (error) {
      this.#unanswered = [...this.#unanswered.filter((one) => one !== run), run];
      throw error;
    }
    if (!stored) return false;
    this.#unanswered = [];
    this.#version = stored.version;
    this.#saved = run;
    if (run.view.state === 'ended') await this.#records.unclaim(run.view.cluster, run.view.id);
    return true;
  }
}
