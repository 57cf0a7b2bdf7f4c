import { MASK, withoutSecrets } from '../secrets';
import { type JsonValue, scanJson } from './json';

/** The document as it may be shown: JSON to the byte as it was, but for its secrets. */
export function maskedDocument(text: string): { readonly text: string; readonly masked: boolean } {
  const shown = withoutSecrets(text);
  return { text: shown, masked: shown !== text };
}

/**
 * An edited document with the secrets that were left out of it when it was shown. A mask stands for
 * the secret at the same place; in a list, for the one of an entry that looked the same. Both texts
 * must be JSON. What is left of masks stands for nothing that is known: `unknown` has their paths.
 */
export function withSecretsOf(
  text: string,
  current: string,
): { readonly text: string; readonly unknown: readonly string[] } {
  const secrets = secretsOf(current);
  const unknown: string[] = [];
  let result = '';
  let done = 0;
  for (const value of scanJson(text).values) {
    const written = text.slice(value.start, value.end);
    if (!isMaskedLeaf(written)) continue;
    const secret = secrets.get(placeOf(value, written))?.shift();
    if (secret === undefined) {
      unknown.push(value.path.join('.'));
      continue;
    }
    result += text.slice(done, value.start) + secret;
    done = value.end;
  }
  return { text: result + text.slice(done), unknown };
}

/** Paths of what holds a mask: in a document that nobody masked, nothing does. */
export function masksIn(text: string): readonly string[] {
  return scanJson(text)
    .values.filter(({ start, end }) => isMaskedLeaf(text.slice(start, end)))
    .map(({ path }) => path.join('.'));
}

function secretsOf(current: string): Map<string, string[]> {
  const shown = withoutSecrets(current);
  const real = new Map(scanJson(current).values.map((one) => [JSON.stringify(one.path), one]));
  const secrets = new Map<string, string[]>();
  for (const value of scanJson(shown).values) {
    const written = shown.slice(value.start, value.end);
    const there = real.get(JSON.stringify(value.path));
    if (!isMaskedLeaf(written) || !there) continue;
    const place = placeOf(value, written);
    const known = secrets.get(place) ?? [];
    secrets.set(place, [...known, current.slice(there.start, there.end)]);
  }
  return secrets;
}

const isMaskedLeaf = (written: string) => written.startsWith('"') && written.includes(MASK);

/** Entries of a list move: they are known by what is shown of them. */
function placeOf({ path }: JsonValue, written: string): string {
  return JSON.stringify([path.map((part) => (typeof part === 'number' ? 0 : part)), written]);
}
