/** One value in a JSON text: where it is in the document, and where in the text. */
export interface JsonValue {
  readonly path: readonly (string | number)[];
  readonly start: number;
  readonly end: number;
}

export interface JsonScan {
  /** All of them, containers before what they contain. */
  readonly values: readonly JsonValue[];
  /** Names that an object has twice: readers differ in which of them they take. */
  readonly duplicates: readonly string[];
}

const TOKEN = /\s*(?:([{}[\]:,])|("(?:[^"\\]|\\[\s\S])*")|([^\s{}[\]:,"]+))/y;

interface Open {
  readonly value: { path: readonly (string | number)[]; start: number; end: number };
  readonly names: Set<string> | null;
  /** The next value's place in it. */
  place: string | number;
}

/** Where each value of a JSON text stands. The text must be one that `JSON.parse` takes. */
export function scanJson(text: string): JsonScan {
  const values: Open['value'][] = [];
  const duplicates: string[] = [];
  const open: Open[] = [];
  const token = new RegExp(TOKEN);
  const begin = (start: number, end: number) => {
    const parent = open.at(-1);
    const value = { path: parent ? [...parent.value.path, parent.place] : [], start, end };
    values.push(value);
    return value;
  };
  let isName = false;
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [, sign, quoted] = found;
    const end = token.lastIndex;
    const start = end - (sign ?? quoted ?? found[3] ?? '').length;
    const parent = open.at(-1);
    if (sign === '{' || sign === '[') {
      const names = sign === '{' ? new Set<string>() : null;
      open.push({ value: begin(start, end), names, place: 0 });
      isName = sign === '{';
    } else if (sign === '}' || sign === ']') {
      if (parent) parent.value.end = end;
      open.pop();
      isName = false;
    } else if (sign === ',') {
      if (parent && typeof parent.place === 'number') parent.place += 1;
      isName = parent?.names != null;
    } else if (sign === ':') {
      isName = false;
    } else if (isName && parent?.names && quoted !== undefined) {
      const name = JSON.parse(quoted) as string;
      if (parent.names.has(name)) duplicates.push([...parent.value.path, name].join('.'));
      parent.names.add(name);
      parent.place = name;
    } else {
      begin(start, end);
    }
  }
  return { values, duplicates };
}
