import { expect, test } from 'vitest';
import { diffOf, pretty } from './pretty';
import { formatConfigurationQuery, parseConfigurationQuery } from './query';

test('two configurations that say the same are the same, however they are written', () => {
  expect(pretty('{"b":{"d":1,"c":[2,1]},"a":null}')).toBe(
    pretty('{ "a": null, "b": { "c": [2, 1], "d": 1 } }'),
  );
  expect(pretty('pg-a')).toBe('pg-a');
});

test('a difference is told line by line', () => {
  const lines = diffOf(pretty('{"ttl":30,"loop_wait":10}'), pretty('{"ttl":20,"loop_wait":10}'));
  expect(lines.map(({ is, text }) => `${is} ${text.trim()}`)).toEqual([
    'same {',
    'same "loop_wait": 10,',
    'removed "ttl": 30',
    'added "ttl": 20',
    'same }',
  ]);
  expect(diffOf('', 'a').map(({ is }) => is)).toEqual(['added']);
  expect(diffOf('a', 'a').map(({ is }) => is)).toEqual(['same']);
});

test('which versions are compared is in the address', () => {
  const query = { name: 'sync', seq: 17, against: 12, edit: 'yaml' } as const;
  expect(parseConfigurationQuery(formatConfigurationQuery(query))).toEqual(query);
  expect(parseConfigurationQuery(new URLSearchParams('version=x'))).toEqual({
    ...{ name: null, seq: null, against: null, edit: null },
  });
});
