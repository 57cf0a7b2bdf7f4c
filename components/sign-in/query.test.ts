import { describe, expect, it } from 'vitest';
import { signInPath } from '@/components/account/sign-in-path';
import { formatSignInQuery, parseSignInQuery } from './query';

const wanted = '/cluster/main~.2Fservice~orders?range=6h';
const read = (address: string) => parseSignInQuery(new URL(address, 'http://howdah').searchParams);

describe('where somebody wanted to go', () => {
  it('is known after the provider has refused them', () => {
    const { to, error } = read(`/sign-in?error=no_role&to=${encodeURIComponent(wanted)}`);
    expect([to, error]).toEqual([wanted, 'no_role']);
  });

  it('is kept when they take another way in, which the refusal was not about', () => {
    const query = read(`/sign-in?error=no_role&to=${encodeURIComponent(wanted)}`);
    const next = formatSignInQuery({ ...query, way: 'emergency', error: null });
    expect(read(`/sign-in?${next}`)).toEqual({ to: wanted, error: null, way: 'emergency' });
  });

  it('is read as the pages write it', () => {
    expect(read(signInPath(wanted)).to).toBe(wanted);
  });
});
