import fc from 'fast-check';
import { expect, test } from 'vitest';
import { scanJson } from './json';
import { maskedDocument, masksIn, withSecretsOf } from './masked';

const current = JSON.stringify({
  ttl: 30,
  postgresql: {
    authentication: { replication: { username: 'r', password: 'hunter2' } },
    parameters: { primary_conninfo: "host=h password='hunter3'" },
    pg_hba: ['host all all all md5', 'host a a a ldap ldapurl="ldap://u:hunter4@h/d"'],
  },
});

test('a document that was shown and is written as it was, is what it was to the byte', () => {
  const shown = maskedDocument(current);
  expect(shown.masked).toBe(true);
  expect(shown.text).not.toContain('hunter');
  expect(withSecretsOf(shown.text, current)).toEqual({ text: current, unknown: [] });
});

test('secrets stay where they are, whatever else is edited or moved', () => {
  const shown = JSON.parse(maskedDocument(current).text);
  shown.postgresql.pg_hba.unshift('local all all peer');
  shown.ttl = 40;
  const edited = JSON.stringify({ loop_wait: 5, ...shown }, null, 2);
  const { text, unknown } = withSecretsOf(edited, current);
  const { postgresql } = JSON.parse(text);
  expect(unknown).toEqual([]);
  expect(postgresql.pg_hba[2]).toContain('hunter4');
  expect(postgresql.authentication.replication.password).toBe('hunter2');
});

test('a mask that stands for nothing that is known is said', () => {
  const edited = '{"postgresql":{"parameters":{"primary_conninfo":"host=other password=\'…\'"}}}';
  expect(withSecretsOf(edited, current)).toEqual({
    ...{ text: edited, unknown: ['postgresql.parameters.primary_conninfo'] },
  });
  expect(masksIn(edited)).toEqual(['postgresql.parameters.primary_conninfo']);
});

test('where a value stands in a text is where it is read from', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      const { values, duplicates } = scanJson(text);
      expect(duplicates).toEqual([]);
      for (const { path, start, end } of values) {
        const there = path.reduce<unknown>((at, part) => Object(at)[part], value);
        expect(JSON.stringify(JSON.parse(text.slice(start, end)))).toBe(JSON.stringify(there));
      }
    }),
  );
});

test('a name that is there twice is found, and no other', () => {
  expect(scanJson('{"a":{"b":1,"b":2},"b":[{"a":1},{"a":2}]}').duplicates).toEqual(['a.b']);
  expect(scanJson('{"a":"{\\"a\\":1,\\"a\\":2}"}').duplicates).toEqual([]);
});
