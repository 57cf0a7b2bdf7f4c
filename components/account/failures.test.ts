import { describe, expect, it } from 'vitest';
import { saysSignedOut, whyNotDone, whyNotShown } from './failures';

const answer = (failure: string, message: string) => ({ message, data: { failure } });
const none = Object.assign(new Error('Failed to fetch'), { data: undefined });

it('that nobody is signed in is said by an answer that says so, and by nothing else', () => {
  expect(saysSignedOut(answer('signed-out', 'Sign in first.'))).toBe(true);
  expect(saysSignedOut(answer('unavailable', 'timeout expired'))).toBe(false);
  expect(saysSignedOut({ data: null })).toBe(false);
  expect(saysSignedOut(none)).toBe(false);
  expect(saysSignedOut(null)).toBe(false);
});

describe('a failure', () => {
  it('is told by the sentence that Howdah has for it', () => {
    const refused = answer('refused', 'That is the last administrator of all clusters.');
    expect(whyNotDone(refused)).toBe(refused.message);
    expect(whyNotShown(refused)).toBe(refused.message);
    expect(whyNotShown(answer('unavailable', 'timeout expired'))).toBe(
      'That can’t be asked for now: timeout expired.',
    );
  });

  it('without an answer leaves open whether it was done', () => {
    expect(whyNotDone(none)).toContain('not known whether that was done');
    expect(whyNotShown(none)).toBe('Howdah can’t be reached.');
  });
});
