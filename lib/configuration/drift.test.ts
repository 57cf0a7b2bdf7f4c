import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { converged, driftOf } from './drift';
import type { ClusterSettings, RunningSetting } from './facts';
import { someParameters } from './facts-for-tests';

const running = (setting: string, part: Partial<RunningSetting> = {}): RunningSetting => ({
  ...{ setting, resetVal: setting, source: 'configuration file', pendingRestart: false },
  ...part,
});

const told = (settings: Readonly<Record<string, RunningSetting>>): ClusterSettings => ({
  parameters: someParameters,
  members: [{ name: 'pg-a', is: 'ok', at: 0, settings }],
});

const wanting = (parameters: Readonly<Record<string, unknown>>) => ({ postgresql: { parameters } });

function drift(
  parameters: Readonly<Record<string, unknown>>,
  settings: Readonly<Record<string, RunningSetting>>,
  reasons: readonly string[] | null = null,
) {
  const pending = reasons && { pendingRestart: true, pendingRestartReason: reasons };
  const drifts = driftOf(wanting(parameters), told(settings), () => pending);
  const states = drifts[0]?.parameters.map(({ name, state }) => `${name} ${state}`);
  return { states, converged: converged(drifts), first: drifts[0]?.parameters[0] };
}

describe('a member', () => {
  test('runs what is wanted, in whatever unit, word or case that is written', () => {
    const { states, converged } = drift(
      {
        ...{ work_mem: '64MB', SHARED_BUFFERS: '64MB', autovacuum: 'yes', timezone: 'utc' },
        ...{ wal_level: 'hot_standby', checkpoint_completion_target: 0.9 },
      },
      {
        ...{ work_mem: running('65536'), shared_buffers: running('8192') },
        ...{ autovacuum: running('on'), timezone: running('UTC') },
        ...{ wal_level: running('replica'), checkpoint_completion_target: running('0.9') },
      },
    );
    expect(states?.every((one) => one.endsWith(' runs'))).toBe(true);
    expect(states).toHaveLength(6);
    expect(converged).toBe(true);
  });

  test('that has a parameter waiting for its restart has converged, and one that differs has not', () => {
    const waits = drift(
      { shared_buffers: '1GB' },
      { shared_buffers: running('8192', { pendingRestart: true }) },
    );
    expect(waits.states).toEqual(['shared_buffers pending-restart']);
    expect(waits.converged).toBe(true);
    const differs = drift({ work_mem: '8MB' }, { work_mem: running('4096') });
    expect(differs.first).toEqual({
      ...{ name: 'work_mem', wanted: '8MB', runs: '4096 kB', state: 'differs' },
      says: "the member's own file, ALTER SYSTEM or a file that was edited may say otherwise",
    });
    expect(differs.converged).toBe(false);
  });

  test('was given on its command line what only Patroni knows to be waiting', () => {
    const settings = { max_connections: running('100', { source: 'command line' }) };
    const wanted = { max_connections: 200 };
    expect(drift(wanted, settings).states).toEqual(['max_connections differs']);
    expect(drift(wanted, settings, []).states).toEqual(['max_connections pending-restart']);
    expect(drift(wanted, settings, ['max_connections']).states).toEqual([
      'max_connections pending-restart',
    ]);
    expect(drift(wanted, settings, ['wal_level']).states).toEqual(['max_connections differs']);
  });

  test('runs Patroni’s default where Patroni does not take what is wanted', () => {
    const settings = { max_connections: running('100', { source: 'command line' }) };
    expect(drift({ max_connections: 10 }, settings).states).toEqual(['max_connections runs']);
  });

  test('is not judged by what Howdah’s own session brings, by secrets, or by what it does not tell', () => {
    const { states, converged } = drift(
      { statement_timeout: 0, archive_command: 'a --password=x', 'pg_x.y': 1, work_mem: '4MB' },
      {
        statement_timeout: running('900', { source: 'client' }),
        archive_command: running('a --password=…'),
      },
    );
    expect(states).toEqual([
      ...['archive_command unknown', 'pg_x.y unknown', 'statement_timeout unknown'],
      'work_mem unknown',
    ]);
    expect(converged).toBe(false);
  });

  test('is not asked for what Patroni sets by itself', () => {
    expect(drift({ port: 1, primary_conninfo: 'x', hot_standby: 'off' }, {}).states).toEqual([]);
  });
});

test('a member that tells nothing leaves it open whether the cluster has converged', () => {
  const failure = { at: 0, code: 'timeout', says: 'x' } as const;
  const settings: ClusterSettings = {
    parameters: someParameters,
    members: [{ name: 'pg-b', is: 'failing', since: 5, failure }],
  };
  const drifts = driftOf(wanting({}), settings, () => null);
  expect(drifts).toEqual([{ member: 'pg-b', untold: true, parameters: [] }]);
  expect(converged(drifts)).toBe(false);
});

test('what PostgreSQL prints of a value is never found to differ from it', () => {
  const sizes = { kB: 1, MB: 1024, GB: 1024 ** 2 } as const;
  fc.assert(
    fc.property(
      fc.integer({ min: 64, max: 2000 }),
      fc.constantFrom(...(['kB', 'MB', 'GB'] as const)),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (number, unit, real) => {
        const kB = number * sizes[unit];
        fc.pre(kB <= 2_147_483_647);
        const { states } = drift(
          { work_mem: `${number}${unit}`, checkpoint_completion_target: real },
          {
            work_mem: running(String(kB)),
            checkpoint_completion_target: running(String(Number(real.toPrecision(6)))),
          },
        );
        expect(states).toEqual(['checkpoint_completion_target runs', 'work_mem runs']);
      },
    ),
  );
});

test('another value is never found to be the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 64, max: 1e6 }), fc.integer({ min: 64, max: 1e6 }), (a, b) => {
      fc.pre(a !== b);
      expect(drift({ work_mem: `${a}kB` }, { work_mem: running(String(b)) }).states).toEqual([
        'work_mem differs',
      ]);
    }),
  );
});
