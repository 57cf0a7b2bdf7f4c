import { describe, expect, test } from 'vitest';
import { Limits, networkOf } from './limits';

describe('whoever tries to sign in too often', () => {
  test('is stopped, and can’t lock out who comes from elsewhere', async () => {
    const limits = new Limits(60);
    const waits = [];
    for (let i = 0; i < 200; i += 1) waits.push(await limits.signIn('198.51.100.7', 'ann@x.org'));
    expect(waits.slice(0, 5)).toEqual([null, null, null, null, null]);
    expect(waits.slice(5).every((wait) => wait !== null && wait > 0)).toBe(true);
    expect(await limits.signIn('203.0.113.9', 'ann@x.org')).toBeNull();
  });

  test('is stopped for all accounts together, and then costs nothing more', async () => {
    const limits = new Limits(60);
    const waits = [];
    for (let i = 0; i < 40; i += 1) waits.push(await limits.signIn('198.51.100.7', `${i}@x.org`));
    expect(waits.filter((wait) => wait === null)).toHaveLength(30);
  });

  test('is stopped for one account from however many addresses', async () => {
    const limits = new Limits(60);
    const waits = [];
    for (let i = 0; i < 120; i += 1) waits.push(await limits.signIn(`10.0.0.${i}`, 'ann@x.org'));
    expect(waits.filter((wait) => wait === null)).toHaveLength(100);
  });

  test('has all of it back after the right password', async () => {
    const limits = new Limits(60);
    for (let i = 0; i < 20; i += 1) {
      expect(await limits.signIn('198.51.100.7', 'ann@x.org')).toBeNull();
      await limits.signedIn('198.51.100.7', 'ann@x.org');
    }
  });
});

test.each([
  ['198.51.100.7', '198.51.100.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['2001:db8:1:2::', '2001:db8:1:2::/64'],
])('%s counts as %s', (address, network) => expect(networkOf(address)).toBe(network));
