import { Failure } from '../errors';
import { MASK, withoutSecrets } from '../secrets';

/**
 * A configuration as an operator sent it, with what was masked for them put back: they saw `…` where
 * a password stands. Throws `bad-input` where a mask stands for nothing that is known.
 * @param wanted the document as it was sent
 * @param current the text as it stands in ZooKeeper
 */
export function unmasked(wanted: unknown, current: string): unknown {
  if (!JSON.stringify(wanted)?.includes(MASK)) return wanted;
  const raw = parsed(current);
  return restored(wanted, { raw, shown: parsed(withoutSecrets(current)), path: [] });
}

interface Beside {
  readonly raw: unknown;
  readonly shown: unknown;
  readonly path: readonly string[];
}

function restored(wanted: unknown, beside: Beside): unknown {
  if (typeof wanted === 'string') return text(wanted, beside);
  if (Array.isArray(wanted))
    return wanted.map((one, n) => restored(one, within(beside, String(n))));
  if (typeof wanted !== 'object' || wanted === null) return wanted;
  return Object.fromEntries(
    Object.entries(wanted).map(([name, one]) => [name, restored(one, within(beside, name))]),
  );
}

function text(wanted: string, { raw, shown, path }: Beside): string {
  if (!wanted.includes(MASK) || wanted === raw) return wanted;
  if (wanted === shown && typeof raw === 'string') return raw;
  throw new Failure(
    'bad-input',
    `${path.join('.')} has a masked secret (${MASK}) that can't be put back: write it out, or leave it as it was.`,
  );
}

const within = ({ raw, shown, path }: Beside, name: string): Beside => ({
  raw: at(raw, name),
  shown: at(shown, name),
  path: [...path, name],
});

function at(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, unknown>>)[name];
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
