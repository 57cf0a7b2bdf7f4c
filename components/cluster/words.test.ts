import { describe, expect, it } from 'vitest';
import type { MemberView } from '@/lib/topology/view';
import { memberState, roleWord, roleWords, serverVersionWords } from './words';

const standby = {
  name: 'orders-2',
  role: 'replica',
  isLeader: false,
  syncRole: 'sync',
  presence: { is: 'present' },
  probe: { is: 'ok', writable: false, privileged: true },
} as MemberView;

describe('the words for a member', () => {
  it('say its part, in short where there is little room', () => {
    expect([roleWords(standby), roleWord(standby)]).toEqual(['Sync standby', 'Sync']);
    const leader: MemberView = { ...standby, role: 'primary', isLeader: true };
    expect(roleWord(leader)).toBe('Leader');
    expect(roleWords({ ...leader, isLeader: false })).toBe('Primary without the leader key');
  });

  it('call the missing missing, whatever it last called itself', () => {
    for (const role of ['replica', 'primary'] as const) {
      const gone: MemberView = { ...standby, role, presence: { is: 'missing', since: 0 } };
      expect([roleWords(gone), roleWord(gone)]).toEqual(['Missing', 'Missing']);
    }
  });

  it('judge it by the worst of its own problems, and as unknown while unseen', () => {
    const problem = { code: 'x', says: '', advice: '', since: 0 };
    const mine = { ...problem, severity: 'critical', member: 'orders-2' } as const;
    const other = { ...problem, severity: 'critical', member: 'orders-3' } as const;
    expect(memberState(standby, [other])).toBe('good');
    expect(memberState(standby, [mine])).toBe('critical');
    expect(memberState({ ...standby, probe: { is: 'pending' } }, [])).toBe('unknown');
  });

  it('print versions as PostgreSQL does', () => {
    expect([150018, 100004, 90624, null].map(serverVersionWords)).toEqual([
      '15.18',
      '10.4',
      '9.6.24',
      'unknown',
    ]);
  });
});
