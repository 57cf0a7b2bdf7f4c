import { readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

/** How an attachment is called that tells what a page showed as its test failed. */
export const PAGE_SAYS = 'what the page showed';

/** How much of a failure's message is repeated: what was expected, and what came or was logged. */
const LONGEST = 3000;

/** Reads the JSON report of vitest or Playwright; none where there is no such report. */
export function readFailures(file: string): readonly string[] {
  try {
    return failuresOf(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}

/** A line for each test that failed, with its file, and below it what it said. */
export function failuresOf(report: unknown): readonly string[] {
  const { testResults, suites } = report as Report;
  const failed = [
    ...(testResults ?? []).flatMap(ofVitest),
    ...(suites ?? []).flatMap(ofPlaywright),
  ];
  return failed.map(({ file, title, said }) => {
    return `${file}: ${title}\n${said}`;
  });
}

interface Failed {
  readonly file: string;
  readonly title: string;
  readonly said: string;
}

const ofVitest = ({ name, message, assertionResults }: VitestFile): Failed[] => {
  const tests = assertionResults.filter(({ status }) => status === 'failed');
  // A file that could not be read has no test that failed.
  if (tests.length === 0 && message)
    return [{ file: name, title: 'the file', said: shortened(message) }];
  return tests.map((test) => ({
    file: name,
    title: test.fullName,
    said: shortened(test.failureMessages.join('\n')),
  }));
};

const ofPlaywright = ({ specs = [], suites = [] }: PlaywrightSuite): Failed[] => [
  ...specs
    .filter(({ ok }) => !ok)
    .map(({ file, title, tests }) => ({
      file,
      title,
      said: tests
        .flatMap(({ results }) => results)
        .flatMap(({ error, attachments = [] }) => [
          shortened(error?.message ?? ''),
          ...attachments.map(told),
        ])
        .filter((words) => words !== '')
        .join('\n'),
    })),
  ...suites.flatMap(ofPlaywright),
];

/** Of what a test leaves, its own words about the page; traces and pictures are for other tools. */
const told = ({ name, body }: Attachment): string =>
  name === PAGE_SAYS && body !== undefined
    ? `${name}: ${Buffer.from(body, 'base64').toString('utf8')}`
    : '';

const shortened = (words: string): string =>
  stripVTControlCharacters(words).trim().slice(0, LONGEST);

interface Attachment {
  readonly name: string;
  /** In base64. */
  readonly body?: string;
}

interface Report {
  readonly testResults?: readonly VitestFile[];
  readonly suites?: readonly PlaywrightSuite[];
}

interface VitestFile {
  readonly name: string;
  readonly message?: string;
  readonly assertionResults: readonly {
    readonly status: string;
    readonly fullName: string;
    readonly failureMessages: readonly string[];
  }[];
}

interface PlaywrightSuite {
  readonly suites?: readonly PlaywrightSuite[];
  readonly specs?: readonly {
    readonly file: string;
    readonly title: string;
    readonly ok: boolean;
    readonly tests: readonly {
      readonly results: readonly {
        readonly error?: { readonly message?: string };
        readonly attachments?: readonly Attachment[];
      }[];
    }[];
  }[];
}
