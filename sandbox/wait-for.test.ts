import { expect, test } from 'vitest';
import { waitFor } from './wait-for';

test('it returns what the condition gives, and says what it waited for in vain', async () => {
  let looks = 0;
  const value = await waitFor(() => (++looks > 2 ? 'there' : null), {
    timeoutMs: 1000,
    everyMs: 1,
    what: 'a word',
  });
  expect(value).toBe('there');
  await expect(
    waitFor(() => false, { timeoutMs: 10, everyMs: 1, what: () => `${looks} looks` }),
  ).rejects.toThrow('Waited 0.01 s in vain for 3 looks');
});
