import pg from 'pg';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '@/server/fake-clock';
import { Turns } from './turns';

/** Something that is asked, and answered when the test says so. */
function held() {
  let resolve: (value: string) => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const answer = new Promise<string>((one, other) => {
    [resolve, reject] = [one, other];
  });
  return { resolve, reject, ask: vi.fn(() => answer) };
}

describe('statements over one connection', () => {
  let clock: FakeClock;
  let turns: Turns;
  beforeEach(() => {
    clock = new FakeClock();
    turns = new Turns(clock, 2000);
  });

  it('are sent one after the other', async () => {
    const [first, second] = [held(), held()];
    const answers = [turns.take(first.ask), turns.take(second.ask)];
    await vi.waitFor(() => expect(first.ask).toHaveBeenCalled());
    expect(second.ask).not.toHaveBeenCalled();
    first.resolve('one');
    await vi.waitFor(() => expect(second.ask).toHaveBeenCalled());
    second.resolve('two');
    expect(await Promise.all(answers)).toEqual(['one', 'two']);
  });

  it('are sent although the server has refused one before', async () => {
    const refused = turns.take(() => Promise.reject(new pg.DatabaseError('no', 2, 'error')));
    const next = turns.take(async () => 'two');
    await expect(refused).rejects.toThrow('no');
    expect(await next).toBe('two');
    expect(turns.over).toBe(false);
  });

  it('fail with the one before that was never answered, and are not sent', async () => {
    const [first, second] = [held(), held()];
    const answers = [turns.take(first.ask), turns.take(second.ask)];
    first.reject(new Error('Query read timeout'));
    for (const answer of answers) await expect(answer).rejects.toThrow('Query read timeout');
    expect(second.ask).not.toHaveBeenCalled();
    expect(turns.over).toBe(true);
  });

  it('wait for no longer than their patience, and are not sent afterwards', async () => {
    const [first, second, third] = [held(), held(), held()];
    const answers = [turns.take(first.ask), turns.take(second.ask)];
    await vi.waitFor(() => expect(first.ask).toHaveBeenCalled());
    const inVain = expect(answers[1]).rejects.toThrow(/^timeout/);
    await clock.pass(2000);
    await inVain;
    const last = turns.take(third.ask);
    first.resolve('one');
    third.resolve('three');
    expect(await last).toBe('three');
    expect(await answers[0]).toBe('one');
    expect(second.ask).not.toHaveBeenCalled();
    expect(turns.over).toBe(false);
  });
});
