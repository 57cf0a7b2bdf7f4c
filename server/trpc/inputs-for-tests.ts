import fc from 'fast-check';
import type { z } from 'zod';

type Schema = z.core.$ZodType;

/** For tests: values that a schema takes, or nearly: what its refinements say is not looked at. */
export function valuesOf(schema: Schema, strings: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const { def } = schema._zod;
  const of = (inner: unknown) => valuesOf(inner as Schema, strings);
  const given = def as unknown as Record<string, unknown>;
  switch (def.type) {
    case 'object':
      return fc.record(
        Object.fromEntries(
          Object.entries(given.shape as Record<string, Schema>).map(([key, inner]) => [
            key,
            of(inner),
          ]),
        ),
      );
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
      return fc.option(of(given.innerType), { nil: def.type === 'nullable' ? null : undefined });
    case 'array':
      return fc.array(of(given.element), { maxLength: 5 });
    case 'union':
      return fc.oneof(...(given.options as Schema[]).map(of));
    case 'record':
      return fc.dictionary(strings, of(given.valueType), { maxKeys: 4, noNullPrototype: true });
    case 'enum':
      return fc.constantFrom(...Object.values(given.entries as Record<string, string>));
    case 'literal':
      return fc.constantFrom(...(given.values as unknown[]));
    case 'pipe':
      return of((given.out as Schema)._zod.def.type === 'transform' ? given.in : given.out);
    case 'boolean':
      return fc.boolean();
    case 'number':
      return fc.oneof(fc.integer({ min: 0, max: 4000 }), fc.maxSafeNat(), fc.constant(Date.now()));
    case 'string':
      return strings;
    default:
      throw new Error(`No values are known of ${def.type}`);
  }
}

/** For tests: anything that JSON can carry, half of it with the keys that the schema has. */
export function anythingBut(schema: Schema, strings: fc.Arbitrary<string>): fc.Arbitrary<unknown> {
  const shape = (schema._zod.def as unknown as { shape?: object }).shape ?? {};
  const json = fc.oneof(fc.jsonValue({ maxDepth: 3 }), strings);
  return fc.oneof(
    json,
    fc.record(Object.fromEntries(Object.keys(shape).map((key) => [key, json])), {
      requiredKeys: [],
    }),
  );
}
