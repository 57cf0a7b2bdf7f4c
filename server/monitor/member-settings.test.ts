import { expect, test } from 'vitest';
import type { SettingFacts } from '@/lib/configuration/facts';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ProbeFailure } from '@/lib/topology/sample';
import { aCluster, withMember } from '@/lib/topology/sample-cluster';
import type { ClusterView } from '@/lib/topology/view';
import { FakeClock } from '../fake-clock';
import type { MirroredZnode } from '../ports';
import { MemberSettingsReader } from './member-settings';

const row = (name: string, setting: string): SettingFacts => ({
  ...{ name, setting, resetVal: setting, bootVal: setting, unit: null, context: 'user' },
  ...{ vartype: 'string', min: null, max: null, enumvals: null, shortDesc: '' },
  ...{ source: 'default', pendingRestart: false },
});

class Asked {
  readonly clock = new FakeClock();
  readonly keys: string[] = [];
  readonly answers = new Map<string, readonly SettingFacts[] | ProbeFailure>();
  view: ClusterView | null = aCluster();
  config: MirroredZnode = null;
  monitored = true;
  readonly reader = new MemberSettingsReader({
    clock: this.clock,
    probe: {
      settings: async (key) => {
        this.keys.push(key.replace(/.*\//, ''));
        return this.answers.get(key.replace(/.*\//, '')) ?? [row('TimeZone', 'UTC')];
      },
    },
    view: () => this.view,
    scope: () => ({ key: {} as ClusterKey, znode: () => this.config, members: new Map() }),
    maxSessionTimeoutMs: () => 40_000,
    asked: () => this.monitored,
  });
}

test('every member is asked once, for all who ask within two seconds', async () => {
  const asked = new Asked();
  const [first, second] = await Promise.all([asked.reader.members('a'), asked.reader.members('a')]);
  expect(first).toBe(second);
  expect(asked.keys).toEqual(['pg-a', 'pg-b', 'pg-c']);
  expect(first.parameters?.timezone).toMatchObject({ name: 'TimeZone', vartype: 'string' });
  expect(first.members[0]).toMatchObject({ is: 'ok', settings: { timezone: { setting: 'UTC' } } });
  await asked.clock.pass(2001);
  await asked.reader.members('a');
  expect(asked.keys).toHaveLength(6);
});

test('whoever fails samples is not asked, and says since when', async () => {
  const asked = new Asked();
  const failure = { at: 0, code: 'unreachable', says: 'gone' } as const;
  asked.view = withMember(aCluster(), 'pg-b', { probe: { is: 'failing', since: 7, failure } });
  const { members } = await asked.reader.members('a');
  expect(asked.keys).toEqual(['pg-a', 'pg-c']);
  expect(members[1]).toMatchObject({ is: 'failing', since: 7, failure: { says: 'gone' } });
});

test('whoever fails this goes on failing since the first time, until it answers', async () => {
  const asked = new Asked();
  const ask = async () => {
    const { members } = await asked.reader.members('a');
    await asked.clock.pass(3000);
    return members[2];
  };
  asked.answers.set('pg-c', { at: 100, code: 'timeout', says: 'slow' });
  expect(await ask()).toMatchObject({ is: 'failing', since: 100 });
  asked.answers.set('pg-c', { at: 200, code: 'timeout', says: 'slow' });
  expect(await ask()).toMatchObject({ is: 'failing', since: 100 });
  asked.answers.delete('pg-c');
  expect(await ask()).toMatchObject({ is: 'ok' });
  asked.answers.set('pg-c', { at: 300, code: 'timeout', says: 'slow' });
  expect(await ask()).toMatchObject({ is: 'failing', since: 300 });
});

test('without a monitoring user nobody is asked, and nothing is known', async () => {
  const asked = new Asked();
  asked.monitored = false;
  const { parameters, members } = await asked.reader.members('a');
  expect(parameters).toBeNull();
  expect(members[0]).toMatchObject({ failure: { code: 'no-credentials' } });
  asked.view = null;
  await expect(asked.reader.members('b')).rejects.toMatchObject({ code: 'not-found' });
});

test('the configuration is told as it is, but for its secrets', () => {
  const asked = new Asked();
  expect(asked.reader.document('a')).toEqual({ is: 'absent' });
  const of = (text: string) => {
    asked.config = { data: Buffer.from(text), stat: { version: 4 } } as MirroredZnode;
    return asked.reader.document('a');
  };
  expect(of('{ "ttl" : 30 }')).toEqual({
    ...{ is: 'ok', version: 4, text: '{ "ttl" : 30 }', masked: false },
    maxSessionTimeoutMs: 40_000,
  });
  expect(of('{"password":"hunter2"}')).toMatchObject({ text: '{"password":"…"}', masked: true });
  expect(of('[]')).toMatchObject({ is: 'unreadable' });
  asked.config = { failed: 'no-auth' };
  expect(asked.reader.document('a')).toEqual({ is: 'unreadable', why: 'no-auth' });
});
