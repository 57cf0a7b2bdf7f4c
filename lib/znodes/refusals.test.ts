import { describe, expect, test } from 'vitest';
import { refusalOf } from './refusals';

const rules = { namespaces: ['/service', '/postgresql-common'], root: '/howdah' };
const refused = (path: string, more: Partial<typeof rules> = {}) =>
  refusalOf(path, { ...rules, ...more }) !== null;

const PATRONIS = [
  'leader',
  'members',
  'sync',
  'failover',
  'status',
  'history',
  'initialize',
  'failsafe',
  'optime',
];

describe("what is Patroni's of a scope", () => {
  test.each(PATRONIS)('%s is refused, with all below it', (name) => {
    expect(refused(`/service/main/${name}`)).toBe(true);
    expect(refused(`/postgresql-common/15-main/${name}`)).toBe(true);
    expect(refused(`/service/main/${name}/below/it`)).toBe(true);
  });

  test.each(PATRONIS)('%s is refused in a Citus group too', (name) => {
    expect(refused(`/service/citus/0/${name}`)).toBe(true);
    expect(refused(`/service/citus/12/${name}/below`)).toBe(true);
  });

  test('says in one sentence what would come of it', () => {
    expect(refusalOf('/service/main/failover', rules)).toBe(
      '/service/main/failover belongs to Patroni: it is a request, and restoring it would start a switchover.',
    );
  });

  test('stays refused however its path is written', () => {
    for (const path of [
      '/service/main/leader/',
      '/service/main/leader//',
      '//service//main/leader',
      'service/main/leader',
    ]) {
      expect(refused(path), path).toBe(true);
    }
    expect(refused('/service/main/leader', { namespaces: ['/service/'] })).toBe(true);
    expect(refused('/service/main/leader', { namespaces: ['service'] })).toBe(true);
  });
});

describe('what may be imported', () => {
  test('are the configuration, the folders, and what Patroni does not know', () => {
    for (const path of [
      '/',
      '/service',
      '/service/main',
      '/service/main/config',
      '/service/main/config/leader',
      '/service/citus/0',
      '/service/citus/0/config',
      '/service/main/leaders',
      '/service/main/Leader',
      '/service/main/0/1/leader',
      '/services/main/leader',
      '/other/main/leader',
      '/leader',
    ]) {
      expect(refused(path), path).toBe(false);
    }
  });

  test('is a scope that has the name of a znode, but not what is in it', () => {
    expect(refused('/service/leader')).toBe(false);
    expect(refused('/service/leader/config')).toBe(false);
    expect(refused('/service/leader/leader')).toBe(true);
    expect(refused('/service/0')).toBe(false);
    expect(refused('/service/0/leader')).toBe(true);
    expect(refused('/service/0/0/leader')).toBe(true);
    expect(refused('/service/members/members/a')).toBe(true);
  });
});

describe('namespaces', () => {
  test('protect each on its own where one is in another', () => {
    const namespaces = ['/service', '/service/eu/prod'];
    expect(refused('/service/eu/leader', { namespaces })).toBe(true);
    expect(refused('/service/eu/prod/leader', { namespaces })).toBe(false);
    expect(refused('/service/eu/prod/main/leader', { namespaces })).toBe(true);
    expect(refused('/service/eu/prod/main/3/leader', { namespaces })).toBe(true);
    expect(refused('/service/eu/prod/main/config', { namespaces })).toBe(false);
  });

  test('may be the root of everything', () => {
    const namespaces = ['/'];
    expect(refused('/main/leader', { namespaces })).toBe(true);
    expect(refused('/main/2/leader', { namespaces })).toBe(true);
    expect(refused('/main/config', { namespaces })).toBe(false);
    expect(refused('/leader', { namespaces })).toBe(false);
  });

  test('protect nothing where there are none', () => {
    expect(refused('/service/main/leader', { namespaces: [] })).toBe(false);
  });
});

describe('what belongs to nobody who imports', () => {
  test("is ZooKeeper's own", () => {
    for (const path of ['/zookeeper', '/zookeeper/', '/zookeeper/quota/a']) {
      expect(refused(path), path).toBe(true);
    }
    expect(refused('/zookeepers')).toBe(false);
    expect(refused('/a/zookeeper')).toBe(false);
  });

  test("is Howdah's own folder, wherever it is", () => {
    expect(refused('/howdah')).toBe(true);
    expect(refused('/howdah/operations/x/owner')).toBe(true);
    expect(refused('/howdahs')).toBe(false);
    expect(refused('/ops/howdah/operations', { root: '/ops/howdah/' })).toBe(true);
    expect(refused('/ops', { root: '/ops/howdah' })).toBe(false);
  });

  test('are only its records where its folder is the root of everything', () => {
    expect(refused('/operations/x', { root: '/' })).toBe(true);
    expect(refused('/anything', { root: '/' })).toBe(false);
  });
});
