import {
  Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  parseDocument,
  Scalar,
  visit,
} from 'yaml';

/** What a text in YAML is as JSON, or what is wrong with it. */
export type FromYaml =
  | { readonly is: 'json'; readonly text: string }
  | { readonly is: 'wrong'; readonly says: string; readonly line: number | null };

/** Numbers stay as they are written; what older readers would take for a boolean is in quotes. */
const OPTIONS = { intAsBigInt: true, compat: 'yaml-1.1' } as const;

/** JSON a setting a line. Order, and numbers however great, stay. */
export function yamlOf(json: string): string {
  let document = parseDocument(json, { ...OPTIONS, uniqueKeys: false });
  // Tabs, where JSON has them and YAML may not.
  if (document.errors.length > 0) document = new Document(JSON.parse(json), OPTIONS) as never;
  visit(document, {
    Collection: (_, node) => {
      node.flow = node.items.length === 0;
    },
    Scalar: (_, node) => {
      if (typeof node.value === 'string') node.type = Scalar.PLAIN;
    },
  });
  return document.toString({ lineWidth: 0 });
}

/** Comments are not kept: JSON has none. */
export function jsonOf(yaml: string): FromYaml {
  const document = parseDocument(yaml, OPTIONS);
  const error = document.errors[0];
  if (error) {
    const says = error.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? 'It makes no sense';
    return { is: 'wrong', says, line: error.linePos?.[0].line ?? null };
  }
  try {
    return { is: 'json', text: written(document.contents, document) };
  } catch (error) {
    return {
      is: 'wrong',
      says: error instanceof Error ? error.message : String(error),
      line: null,
    };
  }
}

/** The same with one value set, or taken out where it is undefined. */
export function withValue(yaml: string, path: readonly string[], value: unknown): string {
  const document = parseDocument(yaml, OPTIONS);
  if (document.errors.length > 0) return yaml;
  if (value === undefined) {
    document.deleteIn(path);
  } else {
    for (let length = 0; length < path.length; length += 1) {
      const above = path.slice(0, length);
      const there = length === 0 ? document.contents : document.getIn(above, true);
      if (isMap(there)) {
        // Below "{}" on a line of its own things go on lines of their own.
        there.flow = false;
      } else if (length === 0) document.contents = document.createNode({}) as never;
      else document.setIn(above, document.createNode({}));
    }
    // What is no container goes into the place of the old one, whose comment stays.
    const isContainer = typeof value === 'object' && value !== null;
    document.setIn(path, isContainer ? document.createNode(value) : value);
  }
  return document.toString({ lineWidth: 0 });
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;

function written(node: unknown, document: Document.Parsed): string {
  const inner = (one: unknown) => written(one, document);
  if (isAlias(node)) return inner(node.resolve(document) ?? null);
  if (isMap(node)) {
    return `{${node.items.map(({ key, value }) => `${JSON.stringify(nameOf(key))}:${inner(value)}`).join(',')}}`;
  }
  if (isSeq(node)) return `[${node.items.map(inner).join(',')}]`;
  if (isScalar(node)) return scalar(node);
  if (node === null || node === undefined) return 'null';
  throw new Error('There is something here that JSON has no word for');
}

function scalar({ value, source }: Scalar): string {
  if (typeof value === 'number' || typeof value === 'bigint') {
    if (source !== undefined && JSON_NUMBER.test(source)) return source;
    if (typeof value === 'bigint' || Number.isFinite(value)) return String(value);
    throw new Error(`${source} is no number that JSON has`);
  }
  if (value === null || typeof value === 'string' || typeof value === 'boolean') {
    return JSON.stringify(value);
  }
  throw new Error('There is something here that JSON has no word for');
}

function nameOf(key: unknown): string {
  const node = key as Node | null;
  if (isScalar(node)) return node.source ?? String(node.value);
  if (isCollection(node)) throw new Error('A name must be a word');
  return String(node);
}
