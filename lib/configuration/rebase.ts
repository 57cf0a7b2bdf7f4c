import { type Document, objectOf, sameValue } from './document';

/** One value of a document to be set, or taken out. */
export interface Edit {
  readonly path: readonly string[];
  /** Undefined: it is taken out. */
  readonly value: unknown;
}

/** What has been edited, as the smallest edits that do the same to another document. */
export function editsOf(base: Document, mine: Document): readonly Edit[] {
  return within(base, mine, []);
}

function within(base: Document, mine: Document, path: readonly string[]): readonly Edit[] {
  const names = [...new Set([...Object.keys(mine), ...Object.keys(base)])];
  return names.flatMap((name): readonly Edit[] => {
    const [before, after] = [own(base, name), own(mine, name)];
    if (sameValue(before, after) && (before === undefined) === (after === undefined)) return [];
    const [from, to] = [objectOf(before), objectOf(after)];
    return from && to
      ? within(from, to, [...path, name])
      : [{ path: [...path, name], value: after }];
  });
}

/** Those of them that somebody else has edited as well, to something else. */
export function conflictsOf(
  edits: readonly Edit[],
  base: Document,
  theirs: Document,
): readonly string[] {
  return edits
    .filter(({ path, value }) => {
      const now = at(theirs, path);
      return !sameValue(now, at(base, path)) && !sameValue(now, value);
    })
    .map(({ path }) => path.join('.'));
}

const own = (document: Document, name: string): unknown =>
  Object.hasOwn(document, name) ? document[name] : undefined;

const at = (document: Document, path: readonly string[]): unknown =>
  path.reduce<unknown>((there, name) => {
    const object = objectOf(there);
    return object === null ? undefined : own(object, name);
  }, document);
