import { describe, expect, test } from 'vitest';
import { Failure } from '@/lib/errors';
import { FakeClock } from '../fake-clock';
import type { CredentialStore, Held } from '../ports';
import { Credentials } from './credentials';

const HOUR = 3_600_000;

function start() {
  const clock = new FakeClock();
  const sessions = new Map<string, Held>();
  const state = { away: false, changes: 0, extended: [] as number[], asked: 0 };
  /** Answers that are held back until somebody lets them go. */
  const held: (() => void)[] = [];
  let holdBack = false;
  const ask = async (keys: readonly string[]) => {
    state.asked += 1;
    const answer = new Map([...sessions].filter(([key]) => keys.includes(key)));
    const away = state.away;
    if (holdBack) await new Promise<void>((resolve) => held.push(resolve));
    if (away) throw new Failure('unavailable', 'Away.');
    return answer;
  };
  const store = {
    sessions: ask,
    tokens: async () => new Map(),
    extendSession: async (_id: string, until: number) => void state.extended.push(until),
  } as unknown as CredentialStore;
  const credentials = new Credentials({
    ...{ clock, store, idleMs: 24 * HOUR, sessionMs: 720 * HOUR },
    onChange: () => {
      state.changes += 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  const add = (key: string): void => {
    sessions.set(key, {
      ...{ id: key, account: 'ann', name: 'ann@x.org', mustChangePassword: false },
      ...{ grants: [{ role: 'viewer' as const, scope: { of: 'all' as const } }], limitedTo: null },
      ...{ createdAt: clock.now(), expiresAt: clock.now() + 24 * HOUR },
    });
  };
  return {
    ...{ clock, credentials, sessions, state, add },
    hold: (yes: boolean) => {
      holdBack = yes;
      if (!yes) for (const go of held.splice(0)) go();
    },
  };
}

describe('what a session stands for', () => {
  test('is asked for once within two seconds, however many ask', async () => {
    const { credentials, add, state, clock } = start();
    add('s');
    for (let i = 0; i < 10; i += 1) await credentials.read('session', 's');
    expect(state.asked).toBe(1);
    await clock.pass(2500);
    await credentials.read('session', 's');
    expect(state.asked).toBe(2);
  });

  test('is known to have ended within two seconds of its end, wherever that was', async () => {
    const { credentials, add, sessions, state, clock } = start();
    credentials.start();
    add('s');
    await credentials.read('session', 's');
    sessions.delete('s');
    await clock.pass(2100);
    expect(credentials.peek('s')?.held).toBeNull();
    expect(state.changes).toBe(1);
    credentials.close();
  });

  test('stays known while the store is away, for however long, to whoever was known', async () => {
    const { credentials, add, state, clock } = start();
    credentials.start();
    add('s');
    await credentials.read('session', 's');
    await clock.pass(2100);
    state.away = true;
    await clock.pass(10 * 60_000);
    const { held, awaySince } = await credentials.read('session', 's');
    expect(held?.account).toBe('ann');
    expect(awaySince).not.toBeNull();
    await expect(credentials.readNow('session', 's')).rejects.toThrow('Away');
    await expect(credentials.read('session', 'unknown')).rejects.toThrow('Away');
    credentials.close();
  });

  test('is not brought back by an answer that was asked for before it ended', async () => {
    const { credentials, add, sessions, state, hold } = start();
    add('s');
    await credentials.read('session', 's');
    hold(true);
    state.away = true;
    const renewing = credentials.renew();
    state.away = false;
    sessions.delete('s');
    const now = credentials.readNow('session', 's');
    hold(false);
    await Promise.all([renewing, now]);
    expect(credentials.peek('s')?.held).toBeNull();
  });

  test('is forgotten once nobody has used it for a while', async () => {
    const { credentials, add, clock } = start();
    credentials.start();
    add('s');
    await credentials.read('session', 's');
    await clock.pass(40_000);
    expect(credentials.peek('s')).toBeNull();
    credentials.close();
  });

  test('that never was takes no place', async () => {
    const { credentials } = start();
    await credentials.read('session', 'made up');
    expect(credentials.peek('made up')).toBeNull();
  });

  test('lasts as long as it is used, and no longer than any may', async () => {
    const { credentials, add, state, clock, sessions } = start();
    add('s');
    await credentials.read('session', 's');
    expect(state.extended).toEqual([]);
    await clock.pass(HOUR);
    await credentials.read('session', 's');
    expect(state.extended).toEqual([clock.now() + 24 * HOUR]);
    const session = sessions.get('s');
    if (session) sessions.set('s', { ...session, createdAt: clock.now() - 719 * HOUR });
    state.extended.length = 0;
    await clock.pass(5000);
    await credentials.read('session', 's');
    expect(state.extended).toEqual([]);
  });
});
