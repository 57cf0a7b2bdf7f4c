import { afterEach, expect, it, vi } from 'vitest';
import { signOut } from './leave';

afterEach(() => vi.unstubAllGlobals());

it('signing out that was not done says that one is still signed in, and why', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(null, { status: 503 })));
  await expect(signOut()).rejects.toThrow('Signing out has failed: you are still signed in.');
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));
  await expect(signOut()).rejects.toThrow('Howdah can’t be reached: you are still signed in.');
});
