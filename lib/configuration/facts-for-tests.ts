import type { ParameterFact, ParameterFacts } from './facts';

const of = (name: string, part: Partial<ParameterFact>): ParameterFact => ({
  ...{ name, unit: null, context: 'user', vartype: 'string', min: null, max: null },
  ...{ enumvals: null, bootVal: null, shortDesc: '' },
  ...part,
});

const all: readonly ParameterFact[] = [
  of('work_mem', { vartype: 'integer', unit: 'kB', min: '64', max: '2147483647' }),
  of('shared_buffers', {
    ...{ vartype: 'integer', unit: '8kB', min: '16', max: '1073741823', context: 'postmaster' },
  }),
  of('max_connections', {
    ...{ vartype: 'integer', min: '1', max: '262143', context: 'postmaster' },
  }),
  of('checkpoint_timeout', {
    ...{ vartype: 'integer', unit: 's', min: '30', max: '86400', context: 'sighup' },
  }),
  of('statement_timeout', { vartype: 'integer', unit: 'ms', min: '0', max: '2147483647' }),
  of('log_file_mode', { vartype: 'integer', min: '0', max: '511', context: 'sighup' }),
  of('checkpoint_completion_target', { vartype: 'real', min: '0', max: '1', context: 'sighup' }),
  of('vacuum_cost_delay', { vartype: 'real', unit: 'ms', min: '0', max: '100' }),
  of('autovacuum', { vartype: 'bool', context: 'sighup' }),
  of('wal_compression', {
    ...{ vartype: 'enum', enumvals: ['pglz', 'lz4', 'on', 'off'], context: 'superuser' },
  }),
  of('wal_level', {
    ...{ vartype: 'enum', enumvals: ['minimal', 'replica', 'logical'], context: 'postmaster' },
  }),
  of('archive_command', { context: 'sighup' }),
  of('TimeZone', {}),
  of('port', { vartype: 'integer', min: '1', max: '65535', context: 'postmaster' }),
  of('block_size', { vartype: 'integer', min: '8192', max: '8192', context: 'internal' }),
  of('synchronous_standby_names', { context: 'sighup' }),
];

/** For tests: some of what PostgreSQL 15 says of its parameters. */
export const someParameters: ParameterFacts = Object.fromEntries(
  all.map((fact) => [fact.name.toLowerCase(), fact]),
);
