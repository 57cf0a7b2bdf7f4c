import type { ParameterFact } from './facts';

/** A parameter's value as PostgreSQL takes it, comparable; or why it takes none. */
export type ReadValue =
  | { readonly is: 'value'; readonly value: string | number | boolean }
  | { readonly is: 'nonsense'; readonly why: string };

const value = (read: string | number | boolean): ReadValue => ({ is: 'value', value: read });
const nonsense = (why: string): ReadValue => ({ is: 'nonsense', why });

/** In bytes, and in microseconds. */
const SIZES: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1024, MB: 1024 ** 2, GB: 1024 ** 3, TB: 1024 ** 4 },
};
const TIMES: Readonly<Record<string, number>> = {
  ...{ us: 1, ms: 1000, s: 1e6, min: 6e7, h: 3.6e9, d: 8.64e10 },
};
/** A fraction of the first is rounded to the second. */
const SMALLER: Readonly<Record<string, string>> = {
  ...{ TB: 'GB', GB: 'MB', MB: 'kB', kB: 'B' },
  ...{ d: 'h', h: 'min', min: 's', s: 'ms', ms: 'us' },
};

/** Reads what a configuration (or pg_settings) says of a parameter, as PostgreSQL would. */
export function readValue(
  written: unknown,
  fact: Pick<ParameterFact, 'name' | 'vartype' | 'unit' | 'min' | 'max' | 'enumvals'>,
): ReadValue {
  if (written === null || written === undefined) return nonsense('has no value');
  if (typeof written === 'object') return nonsense('must be one value, and is several');
  const text = String(written);
  if (fact.vartype === 'bool') return readBool(text);
  if (fact.vartype === 'enum') return readEnum(text, fact);
  if (fact.vartype === 'string') return value(spelled(fact.name, text));
  return readNumber(text, fact);
}

/** PostgreSQL takes every beginning of these that is no beginning of another. */
export function boolOf(text: string): boolean | null {
  const word = text.trim().toLowerCase();
  if (word === '') return null;
  if (word === '1' || 'true'.startsWith(word) || 'yes'.startsWith(word) || word === 'on')
    return true;
  if (word === '0' || 'false'.startsWith(word) || 'no'.startsWith(word)) return false;
  return word === 'of' || word === 'off' ? false : null;
}

function readBool(text: string): ReadValue {
  const read = boolOf(text);
  return read === null ? nonsense(`must be on or off, and is ${quoted(text)}`) : value(read);
}

/** Other names that PostgreSQL takes and doesn't list. */
const ALIASES: Readonly<Record<string, string>> = {
  ...{ 'wal_level hot_standby': 'replica', 'wal_level archive': 'replica' },
  ...{ 'client_min_messages debug': 'debug2', 'log_min_messages debug': 'debug2' },
  ...{ 'log_min_error_statement debug': 'debug2' },
};

function readEnum(
  text: string,
  { name, enumvals }: Pick<ParameterFact, 'name' | 'enumvals'>,
): ReadValue {
  const word = text.toLowerCase();
  const known = (enumvals ?? []).map((one) => one.toLowerCase());
  if (known.includes(word)) return value(word);
  const alias = ALIASES[`${name.toLowerCase()} ${word}`];
  if (alias !== undefined && known.includes(alias)) return value(alias);
  const bool = ['true', 'yes', '1'].includes(word)
    ? 'on'
    : ['false', 'no', '0'].includes(word)
      ? 'off'
      : null;
  if (bool !== null && known.includes(bool)) return value(bool);
  return nonsense(`must be one of ${known.join(', ')}, and is ${quoted(text)}`);
}

function readNumber(
  text: string,
  { vartype, unit, min, max }: Pick<ParameterFact, 'vartype' | 'unit' | 'min' | 'max'>,
): ReadValue {
  const parts = numberIn(text, vartype === 'integer');
  if (parts === null) return nonsense(`must be a number, and is ${quoted(text)}`);
  const scaled = inBase(parts.number, parts.unit, unit);
  if (scaled === null) {
    const units = unitsFor(unit);
    return nonsense(
      units.length === 0
        ? `takes no unit, and is ${quoted(text)}`
        : `must have one of the units ${units.join(', ')}, and is ${quoted(text)}`,
    );
  }
  const read = vartype === 'integer' ? rounded(scaled) : scaled;
  const beside = unit === null ? '' : ` (in ${unit})`;
  if (min !== null && read < Number(min)) {
    return nonsense(`must be at least ${min}${beside}, and is ${quoted(text)}`);
  }
  if (max !== null && read > Number(max)) {
    return nonsense(`must be at most ${max}${beside}, and is ${quoted(text)}`);
  }
  // PostgreSQL prints six digits of a real.
  return value(vartype === 'real' ? Number(read.toPrecision(6)) : read + 0);
}

function numberIn(text: string, integer: boolean): { number: number; unit: string } | null {
  const trimmed = text.trim();
  const based = integer ? /^([+-]?)(0x[0-9a-f]+|0[0-7]+)(?![\d.])\s*(\D*)$/i.exec(trimmed) : null;
  if (based !== null && !/^[eE]/.test(based[3] ?? '')) {
    const digits = based[2] ?? '';
    const number = /^0x/i.test(digits) ? Number(digits) : Number.parseInt(digits, 8);
    return { number: based[1] === '-' ? -number : number, unit: based[3] ?? '' };
  }
  const found = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-z]*)$/i.exec(trimmed);
  return found === null ? null : { number: Number(found[1]), unit: found[2] ?? '' };
}

function baseOf(unit: string): { readonly table: Readonly<Record<string, number>>; size: number } {
  const found = /^(\d*)(\D+)$/.exec(unit);
  const [, times = '', name = ''] = found ?? [];
  const table = name in SIZES ? SIZES : TIMES;
  return { table, size: (times === '' ? 1 : Number(times)) * (table[name] ?? 1) };
}

function unitsFor(unit: string | null): readonly string[] {
  return unit === null ? [] : Object.keys(baseOf(unit).table);
}

function inBase(number: number, given: string, unit: string | null): number | null {
  if (given === '') return number;
  if (unit === null) return null;
  const { table, size } = baseOf(unit);
  const own = table[given];
  if (own === undefined) return null;
  const smaller = table[SMALLER[given] ?? ''];
  const scaled = (number * own) / size;
  return smaller === undefined ? scaled : rounded((number * own) / smaller) * (smaller / size);
}

/** To the nearest, and where there are two of them to the even one, as C does. */
function rounded(number: number): number {
  const below = Math.floor(number);
  const over = number - below;
  if (over === 0.5) return below % 2 === 0 ? below : below + 1;
  return Math.round(number);
}

/** Texts that PostgreSQL keeps in a spelling of its own. */
const RESPELLED = new Set(['datestyle', 'timezone', 'log_timezone', 'client_encoding']);

const spelled = (name: string, text: string) =>
  RESPELLED.has(name.toLowerCase()) ? text.toLowerCase().replace(/\s+/g, '') : text;

const quoted = (text: string) => JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text);
