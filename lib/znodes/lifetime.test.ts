import { expect, test } from 'vitest';
import { lifetimeOf } from './lifetime';

test('a container is told from what goes with its session or its time', () => {
  expect(lifetimeOf(null)).toBe('persistent');
  expect(lifetimeOf('8000000000000000')).toBe('container');
  expect(lifetimeOf('10000a1b2c3d4e5')).toBe('ephemeral');
  expect(lifetimeOf('ff00000000000064')).toBe('ephemeral');
});
