/**
 * Finds what looks like a secret in a text and leaves it out. Whoever can write to ZooKeeper can put
 * a password anywhere: into a connection URL, libpq's conninfo, JSON, YAML, one within another, or
 * cut off in the middle. What is doubtful is left out, too; what holds no secret stays as it is, to
 * the byte.
 */

export const MASK = '…';

const WORDS =
  'password|passwd|passphrase|secret|token|authorization|credentials?|(?:api|access|private|secret|encryption)[_-]?key';
const SECRET_NAME = new RegExp(`(?:${WORDS}|\\bpwd)$`, 'i');

/** Whether what a setting of this name holds is a secret, as `sslpassword` or `aws_secret_access_key`. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

/** Most texts have nothing of the kind, and are spared the walk. */
const MAYBE = new RegExp(`${WORDS}|pwd|\\\\u00|://[^/?#\\s]*@|://[^/?#\\s]*:[^/?#\\d]`, 'i');

/**
 * What has to be looked at: a text in double quotes, perhaps cut off; the name of a secret and what
 * stands between it and its value; the credentials in a URL. Each matches in time that is linear.
 */
const PLACES = new RegExp(
  [
    '"(?:[^"\\\\]|\\\\[\\s\\S])*(?:"|\\\\?$)',
    `(?:${WORDS}|\\bpwd)'?[ \\t]*[:=]\\s*`,
    '://[^\\s/?#@:"<>]*:[^\\s/?#"<>]*@',
    // A slash or the like that should have been encoded, or the end before its time: no port.
    '://(?!\\[)[^\\s/?#@:"<>]*:(?!\\d*(?:[/?#\\s",.;:)\\]\'|]|$))[^\\s"<>]{0,256}?(?:@|$)',
  ].join('|'),
  'gi',
);

/** Quotation within quotation, each level by its own rules. Nobody writes more. */
const DEEPEST = 8;

/** The text without its secrets. */
export function withoutSecrets(text: string): string {
  return masked(text, 0);
}

function masked(text: string, depth: number): string {
  if (!MAYBE.test(text)) return text;
  if (depth > DEEPEST) return MASK;
  const places = new RegExp(PLACES);
  let result = '';
  let done = 0;
  for (let match = places.exec(text); match !== null; match = places.exec(text)) {
    const [found] = match;
    const end = match.index + found.length;
    const replaced = found.startsWith('"')
      ? quoted(text, { found, end, depth })
      : found.startsWith('://')
        ? { text: credentials(found), end }
        : assigned(text, { found, start: match.index, end });
    result += text.slice(done, match.index) + replaced.text;
    done = replaced.end;
    places.lastIndex = Math.max(done, match.index + 1);
  }
  return result + text.slice(done);
}

const credentials = (found: string) =>
  `${found.slice(0, found.indexOf(':', 3) + 1)}${MASK}${found.endsWith('@') ? '@' : ''}`;

interface Replaced {
  readonly text: string;
  /** Where in the original it goes on. */
  readonly end: number;
}

/** A name in quotes with its value, or a text that may hold anything. */
function quoted(
  text: string,
  { found, end, depth }: { found: string; end: number; depth: number },
): Replaced {
  const inner = unquoted(found);
  const colon = /^\s*[:=]\s*/.exec(text.slice(end, end + 64));
  if (colon !== null && isSecretName(inner)) {
    const value = valueAt(text, end + colon[0].length, ':');
    // Whatever it was, it is a text now, so that JSON stays JSON.
    const shown = value.text.includes(MASK) ? `"${MASK}"` : value.text;
    return { text: `${found}${colon[0]}${shown}`, end: value.end };
  }
  const safe = masked(inner, depth + 1);
  return { text: safe === inner ? found : JSON.stringify(safe), end };
}

function unquoted(found: string): string {
  const closed = found.length > 1 && found.endsWith('"');
  const body = found.slice(1, closed ? -1 : undefined).replace(/\\$/, closed ? '\\' : '');
  try {
    return JSON.parse(`"${body}"`) as string;
  } catch {
    return body.replace(/\\([\s\S])/g, '$1');
  }
}

const OF_PASSWORDS = /^(?:pass|pwd)/i;
/** At the beginning of a line, or of what an object holds: elsewhere it is a word of a sentence. */
const OPENS = /(?:^|[\n{,[-])\s*['"]?[\w.-]{0,64}$/;

function assigned(
  text: string,
  { found, start, end }: { found: string; start: number; end: number },
): Replaced {
  const before = text.slice(Math.max(0, start - 80), start);
  const sign = found.includes('=') ? '=' : ':';
  if (sign === ':' && !OF_PASSWORDS.test(found) && !OPENS.test(before)) {
    return { text: found, end };
  }
  const value = valueAt(text, end, /[?&][\w.-]*$/.test(before) ? '&' : sign);
  return { text: `${found}${value.text}`, end: value.end };
}

/** Values that are none. */
const NOTHING = /^(?:""|''|null|true|false|~)(?=[\s,}\]]|$)/;
const VALUES = {
  /** As in libpq's conninfo: to the next blank, which may be escaped. */
  '=': /'(?:[^'\\]|\\[\s\S]|'')*(?:'|\\?$)|"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|(?:[^\s\\]|\\(?:[\s\S]|$))+/y,
  /** As in YAML and JSON: a text, a block of lines, or the rest of the line. */
  ':': /'(?:[^']|'')*(?:'|$)|"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[|>][-+\d]*[ \t]*\n(?:[ \t]+[^\n]*(?:\n|$)|\n)*|-?[\d.]+(?=\s*[,}\]])|[^\n]+/y,
  /** As in the query of a URL, where the rest is encoded. */
  '&': /[^&\s"#]*/y,
} as const;

function valueAt(text: string, start: number, how: keyof typeof VALUES): Replaced {
  const nothing = NOTHING.exec(text.slice(start, start + 16));
  if (nothing !== null) return { text: nothing[0], end: start + nothing[0].length };
  const isJson = how === ':' && /[[{]/.test(text[start] ?? '');
  const pattern = new RegExp(VALUES[how]);
  pattern.lastIndex = start;
  const end = isJson ? endOfBrackets(text, start) : start + (pattern.exec(text)?.[0].length ?? 0);
  if (end === start) return { text: '', end };
  const first = text[start] ?? '';
  const around = isJson ? '"' : /["']/.test(first) ? first : '';
  return { text: `${around}${MASK}${around}`, end };
}

/** Behind the bracket that closes the one at `start`; the end where there is none. */
function endOfBrackets(text: string, start: number): number {
  const parts = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)|[[\]{}]/g;
  parts.lastIndex = start;
  let open = 0;
  for (let match = parts.exec(text); match !== null; match = parts.exec(text)) {
    if (/^[[{]/.test(match[0])) open += 1;
    if (/^[\]}]/.test(match[0])) open -= 1;
    if (open === 0) return match.index + match[0].length;
  }
  return text.length;
}
