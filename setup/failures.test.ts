import { describe, expect, it } from 'vitest';
import { failuresOf, readFailures } from './failures';

describe('what a stage says at its end of the tests that failed', () => {
  it('names a failed unit test and what it said', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'adds', failureMessages: [] },
      {
        status: 'failed',
        fullName: 'takes away',
        failureMessages: ['\u001b[31mexpected 1\u001b[39m'],
      },
    ];
    expect(failuresOf({ testResults: [{ name: 'lib/a.test.ts', assertionResults }] })).toEqual([
      'lib/a.test.ts: takes away\nexpected 1',
    ]);
  });

  it('names a file of tests that could not be read', () => {
    const file = { name: 'lib/b.test.ts', message: 'no such module', assertionResults: [] };
    expect(failuresOf({ testResults: [file] })).toEqual([
      'lib/b.test.ts: the file\nno such module',
    ]);
  });

  it('finds a failed browser test however deep, and repeats not all of a long message', () => {
    const spec = (title: string, ok: boolean) => ({
      ...{ file: 'looks.spec.ts', title, ok },
      tests: [{ results: [{ error: { message: 'x'.repeat(10_000) } }] }],
    });
    const suites = [{ specs: [spec('fine', true)], suites: [{ specs: [spec('in dark', false)] }] }];
    const [said, ...more] = failuresOf({ suites });
    expect(more).toEqual([]);
    expect(said).toMatch(/^looks.spec.ts: in dark\nx{3000}$/);
  });

  it('repeats what the page showed as a browser test failed', () => {
    const attachment = (name: string, words: string) => ({
      ...{ name, body: Buffer.from(words).toString('base64') },
    });
    const attachments = [
      attachment('trace', 'PK'),
      attachment('what the page showed', '/timeline'),
    ];
    const results = [{ error: { message: 'not found' }, attachments }];
    const specs = [{ file: 'a.spec.ts', title: 'shows', ok: false, tests: [{ results }] }];
    expect(failuresOf({ suites: [{ specs }] })).toEqual([
      'a.spec.ts: shows\nnot found\nwhat the page showed: /timeline',
    ]);
  });

  it('says nothing where there is no report', () => {
    expect(readFailures('no-such-file.json')).toEqual([]);
  });
});
