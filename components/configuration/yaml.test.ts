import fc from 'fast-check';
import { expect, test } from 'vitest';
import { jsonOf, withValue, yamlOf } from './yaml';

function back(yaml: string): string {
  const json = jsonOf(yaml);
  if (json.is !== 'json') throw new Error(`${json.says}\n${yaml}`);
  return json.text;
}

test('a configuration as YAML has a setting a line', () => {
  const json =
    '{"ttl":30,"postgresql":{"parameters":{"work_mem":"4MB"},"pg_hba":["host a"]},"slots":{}}';
  expect(yamlOf(json)).toBe(
    [
      ...['ttl: 30', 'postgresql:', '  parameters:', '    work_mem: 4MB', '  pg_hba:'],
      ...['    - host a', 'slots: {}', ''],
    ].join('\n'),
  );
});

test('order, great numbers, and the way that numbers are written survive', () => {
  const json = '{"b":123456789012345678901,"a":1.0,"10":1e-6,"2":-0.10,"1":0}';
  expect(back(yamlOf(json)).replace('1e-6', '0.000001')).toContain(
    '"b":123456789012345678901,"a":1.0',
  );
  expect(Object.keys(JSON.parse(back(yamlOf('{"z":1,"a":2}'))))).toEqual(['z', 'a']);
  expect(back(yamlOf(json)).match(/"\w+":/g)).toEqual(json.match(/"\w+":/g));
});

test('what older readers take for something else is in quotes', () => {
  const json = '{"a":"on","b":"0600","c":"12:30","d":"null","e":"3","f":"yes","g":true}';
  const yaml = yamlOf(json);
  expect(yaml).toMatch(/a: ["']on["']/);
  expect(yaml).toMatch(/f: ["']yes["']/);
  expect(back(yaml)).toBe(json);
});

test('there and back it says what it said', () => {
  const word = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('on', '~', '- a', 'a: b', '#', '%'),
  );
  const value = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      ...[word, fc.maxSafeInteger(), fc.boolean(), fc.constant(null)],
      fc.array(tie('node'), { maxLength: 4 }),
      fc.dictionary(word, tie('node'), { maxKeys: 4, noNullPrototype: true }),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.dictionary(word, value, { noNullPrototype: true }),
      fc.constantFrom(0, 2, '\t'),
      (one, indent) => {
        const json = JSON.stringify(one, null, indent);
        expect(back(yamlOf(json))).toBe(JSON.stringify(one));
      },
    ),
  );
});

test('what makes no sense says where', () => {
  expect(jsonOf('ttl: 30\nloop_wait: [')).toMatchObject({ is: 'wrong', line: 2 });
  expect(jsonOf('ttl: 30\nttl: 20')).toMatchObject({ is: 'wrong' });
  expect(jsonOf('a: .nan')).toMatchObject({ is: 'wrong' });
  expect(back('')).toBe('null');
  expect(back('a: &x 1\nb: *x')).toBe('{"a":1,"b":1}');
});

test('a value is set, or taken out, and nothing else is touched', () => {
  const yaml = '# why\nttl: 30 # because\npostgresql: {}\n';
  expect(withValue(yaml, ['ttl'], 40)).toBe('# why\nttl: 40 # because\npostgresql: {}\n');
  const set = withValue(yaml, ['postgresql', 'parameters', 'a.b'], '4MB');
  expect(back(set)).toBe('{"ttl":30,"postgresql":{"parameters":{"a.b":"4MB"}}}');
  expect(set).toContain('\n  parameters:\n    a.b: 4MB\n');
  expect(back(withValue(set, ['postgresql', 'parameters', 'a.b'], undefined))).toBe(
    '{"ttl":30,"postgresql":{"parameters":{}}}',
  );
  expect(withValue('a: [', ['ttl'], 3)).toBe('a: [');
  expect(back(withValue('', ['ttl'], 3))).toBe('{"ttl":3}');
});
