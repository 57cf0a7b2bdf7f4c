import { describe, expect, it } from 'vitest';
import { costInWords, isLoud, linesOf } from './words';

describe('what an act cost', () => {
  it('is told as far as it was measured, what matters first', () => {
    const cost = { tookMs: 4200, outageMs: 1300, leaderlessMs: null, lostBytes: 0 };
    expect(costInWords(cost).map(({ words }) => words)).toEqual([
      'no writes for at most 1.3 s',
      '0 bytes lost',
      'took 4.2 s',
    ]);
  });

  it('is nothing where nothing was measured', () => {
    expect(costInWords(null)).toEqual([]);
    expect(costInWords({ zxid: '1f' })).toEqual([]);
  });
});

describe('what was decided on', () => {
  it('is told line by line, by names that people know', () => {
    expect(linesOf({ leader: 'orders-1', configVersion: null, other: [1, 2] })).toEqual([
      ['Leader', 'orders-1'],
      ['Version of the configuration', 'none'],
      ['other', '[1,2]'],
    ]);
  });

  it('tells roles in words', () => {
    const after = [{ role: 'viewer', scope: { of: 'all' } }];
    expect(linesOf({ before: [], after })).toEqual([
      ['Roles before', 'none'],
      ['Roles after', 'viewer of all clusters'],
    ]);
  });

  it('shows anything else as it is, whatever its name', () => {
    expect(linesOf(null)).toEqual([]);
    expect(linesOf('text')).toEqual([['', 'text']]);
    expect(linesOf({ constructor: 'x', after: [null] })).toEqual([
      ['constructor', 'x'],
      ['Roles after', '[null]'],
    ]);
  });
});

it('trouble of the audit itself is loud where somebody has been at it, or nothing can be recorded', () => {
  const says = 'Row 7 had been anchored, and is gone.';
  expect(isLoud({ severity: 'alarm', says })).toBe(true);
  expect(isLoud({ severity: 'note', says })).toBe(false);
});
