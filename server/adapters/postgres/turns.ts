import pg from 'pg';

/**
 * One statement at a time over a connection: what comes later waits. Where one was not answered,
 * nothing more will be over that connection: whoever waited for it has failed with it, instead of
 * waiting as long once more.
 */
export class Turns {
  #before: Promise<Unanswered | null> = Promise.resolve(null);

  /** @throws what `ask` throws, or what was thrown by the one that was waited for. */
  take<T>(ask: () => Promise<T>): Promise<T> {
    const mine = this.#before.then((unanswered) => {
      if (unanswered) throw unanswered.error;
      return ask();
    });
    this.#before = mine.then(
      () => null,
      // What the server refuses is an answer; what comes of the connection, or of time, is none.
      (error) => (error instanceof pg.DatabaseError ? null : { error }),
    );
    return mine;
  }
}

interface Unanswered {
  readonly error: unknown;
}
