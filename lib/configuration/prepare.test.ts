import { expect, test } from 'vitest';
import { someParameters } from './facts-for-tests';
import { maskedDocument } from './masked';
import { prepareConfiguration } from './prepare';

const input = {
  maxSessionTimeoutMs: 40_000,
  patroniVersions: ['3.0.2'],
  parameters: someParameters,
};
const current =
  '{"ttl":30,"postgresql":{"parameters":{"archive_command":"push --password=hunter2"}}}';

test('what is written has the secrets that were not shown, and nothing is said against them', () => {
  const shown = maskedDocument(current).text;
  expect(shown).not.toContain('hunter2');
  const { text, rules } = prepareConfiguration(shown.replace('30', '35'), current, input);
  expect(text).toBe(current.replace('30', '35'));
  expect(rules).toEqual([]);
});

test('a mask that stands for nothing is refused, and so is what is no configuration', () => {
  const moved = '{"postgresql":{"parameters":{"archive_command":"pull --password=…"}}}';
  expect(prepareConfiguration(moved, current, input).rules).toMatchObject([
    { code: 'masked', verdict: 'refuse' },
  ]);
  for (const text of ['{"a":"\\x"}', '[', '"…"']) {
    expect(prepareConfiguration(text, current, input)).toMatchObject({ document: null, text });
  }
  expect(prepareConfiguration('{"ttl":30}', null, input).rules).toEqual([]);
});
