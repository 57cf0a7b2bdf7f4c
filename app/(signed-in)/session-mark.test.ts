import { expect, it } from 'vitest';
import { sessionMark } from './session-mark';

const one = { name: 'howdah.session_token', value: 'abc.signature' };

it('is the same for one session, whatever else the browser sends', () => {
  expect(sessionMark([one, { name: 'theme', value: 'dark' }])).toBe(sessionMark([one]));
});

it('is another for the next session, and for the emergency token on top of it', () => {
  const next = { ...one, value: 'def.signature' };
  const emergency = { name: 'howdah.emergency', value: 'xyz' };
  expect(new Set([[one], [next], [one, emergency], []].map(sessionMark)).size).toBe(4);
});

it('does not say what the session is', () => {
  expect(sessionMark([one])).toMatch(/^[0-9a-f]{16}$/);
});
