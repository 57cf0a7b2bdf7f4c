import { expect, test } from 'vitest';
import { aCluster, withMember } from '../topology/sample-cluster';
import { endpointsOf } from './endpoints';
import type { Verdict } from './weigh';

const cluster = ['pg-a', 'pg-b', 'pg-c'].reduce(
  (view, name, i) => withMember(view, name, { address: `10.0.0.${i + 1}:5432` }),
  aCluster(),
);
const verdict = (member: string, percent: number): Verdict => ({
  ...{
    member,
    percent,
    why: percent === 0 ? 'lagging' : 'serves',
    says: '',
    worst: 0,
    share: null,
  },
  order: { is: 'share', percent },
});
const routing = (...verdicts: Verdict[]) => ({
  ...{ verdicts: verdicts.length === 0 ? null : verdicts, isCurrent: true },
});

test('names the leader, and the standbys with those that get most first', () => {
  const { leader, standbys, connect } = endpointsOf(
    cluster,
    routing(verdict('pg-a', 0), verdict('pg-b', 41), verdict('pg-c', 100)),
  );
  expect(leader).toEqual({ member: 'pg-a', host: '10.0.0.1', port: 5432 });
  expect(standbys.map(({ member, weight, says }) => [member, weight, says])).toEqual([
    ['pg-c', 100, 'serves'],
    ['pg-b', 40, 'serves'],
  ]);
  expect(connect.write?.libpq).toBe(
    'postgresql://10.0.0.1:5432,10.0.0.2:5432,10.0.0.3:5432/?target_session_attrs=read-write&connect_timeout=3',
  );
  expect(connect.read).toEqual({
    libpq:
      'postgresql://10.0.0.3:5432,10.0.0.2:5432,10.0.0.1:5432/?target_session_attrs=prefer-standby&connect_timeout=3',
    jdbc: 'jdbc:postgresql://10.0.0.3:5432,10.0.0.2:5432,10.0.0.1:5432/?targetServerType=preferSecondary&loadBalanceHosts=true&connectTimeout=3',
    node: { host: '10.0.0.3', port: 5432 },
  });
});

test('leaves out who is to get nothing, and says nothing of weights where no policy does', () => {
  const lagging = endpointsOf(cluster, routing(verdict('pg-b', 0), verdict('pg-c', 1)));
  expect(lagging.connect.read?.libpq).toContain('//10.0.0.3:5432,10.0.0.1:5432/');
  const plain = endpointsOf(cluster, routing());
  expect(plain.standbys.map(({ weight, says }) => [weight, says])).toEqual([
    [null, null],
    [null, null],
  ]);
});

test('sends reads to the leader alone while it helps, and to whoever is there if nobody is to get any', () => {
  const none = [verdict('pg-b', 0), verdict('pg-c', 0)];
  const helped = endpointsOf(cluster, routing(verdict('pg-a', 100), ...none));
  expect(helped.connect.read?.node.host).toBe('10.0.0.1');
  expect(helped.connect.read?.libpq).toContain('//10.0.0.1:5432/');
  const alone = endpointsOf(cluster, routing(verdict('pg-a', 0), ...none));
  expect(alone.connect.read?.libpq).toContain('//10.0.0.2:5432,10.0.0.3:5432,');
});

test('has nobody to write to while nobody leads', () => {
  const none = aCluster({
    leader: null,
    members: cluster.members.map((one) => ({ ...one, isLeader: false })),
  });
  expect(endpointsOf(none, routing())).toMatchObject({ leader: null, connect: { write: null } });
});

test.each(['10.0.0.2', '10.0.0.2:5432@evil.example', 'a b:1', "h'ost:1", '[::g]:1', null])(
  'what is no address, as %j, goes into no string',
  (address) => {
    const odd = withMember(cluster, 'pg-b', { address });
    expect(endpointsOf(odd, routing()).standbys.map(({ member }) => member)).toEqual(['pg-c']);
  },
);

test('an address of IPv6 has its brackets', () => {
  const six = withMember(cluster, 'pg-a', { address: '[fd00::1]:5432' });
  const { leader, connect } = endpointsOf(six, routing());
  expect(leader?.host).toBe('fd00::1');
  expect(connect.write?.jdbc).toContain('//[fd00::1]:5432,');
});
