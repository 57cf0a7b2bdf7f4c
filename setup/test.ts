import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildIfNeeded } from './build';
import { runCommand } from './child';
import { type Counts, readCounts } from './counts';
import { readFailures } from './failures';
import { say, stopwatch } from './say';

interface Stage {
  readonly name: string;
  /** @returns whether it succeeded; tests also write their JSON report there. */
  readonly run: (report: string) => Promise<boolean>;
}

const bin = (name: string) => join('node_modules', '.bin', name);
const succeeds = async (...args: Parameters<typeof runCommand>) =>
  (await runCommand(...args)) === 0;

const vitest = (project: string): Stage => ({
  name: `${project} tests`,
  run: (report) =>
    succeeds(bin('vitest'), [
      ...['run', '--project', project, '--reporter=default', '--reporter=json'],
      `--outputFile.json=${report}`,
    ]),
});

const stages: readonly Stage[] = [
  { name: 'lint', run: () => succeeds(bin('biome'), ['check', '.']) },
  { name: 'types', run: () => succeeds(bin('tsc'), ['--noEmit']) },
  {
    name: 'dependencies',
    run: () => succeeds(process.execPath, ['setup/audit-dependencies.mjs']),
  },
  vitest('unit'),
  vitest('integration'),
  { name: 'build', run: buildIfNeeded },
  {
    name: 'end to end',
    run: (report) =>
      succeeds(bin('playwright'), ['test', '--reporter=list,json'], {
        PLAYWRIGHT_JSON_OUTPUT_FILE: report,
        PLAYWRIGHT_JSON_OUTPUT_NAME: report,
      }),
  },
];

/** Runs the stages in order up to the first that fails. @returns whether all succeeded */
async function runStages(folder: string): Promise<boolean> {
  const summary: string[] = [];
  let total: Counts = { passed: 0, failed: 0 };
  let succeeded = true;
  let failures: readonly string[] = [];
  for (const [index, { name, run }] of stages.entries()) {
    const elapsed = stopwatch();
    say(`\n── ${name}`);
    const report = join(folder, `${index}.json`);
    succeeded = await run(report);
    const counts = readCounts(report);
    // What fails without a failed test (a lint error, a crash) is a failure all the same.
    const failed = succeeded ? counts.failed : Math.max(1, counts.failed);
    total = { passed: total.passed + counts.passed, failed: total.failed + failed };
    const tests = counts.passed + counts.failed > 0 ? `, ${counts.passed} passed` : '';
    summary.push(`${succeeded ? 'ok    ' : 'FAILED'} ${name}: ${elapsed()}${tests}`);
    // Last of all, so that whoever is given the end of a long output alone sees why.
    if (!succeeded) {
      failures = readFailures(report);
      break;
    }
  }
  say(`\n${summary.join('\n')}`);
  const left = stages.slice(summary.length).map(({ name }) => name);
  if (left.length > 0) say(`not run: ${left.join(', ')}`);
  for (const failure of failures) say(`\n${failure}`);
  say(`\n${total.passed} passed, ${total.failed} failed`);
  return succeeded;
}

const folder = mkdtempSync(join(tmpdir(), 'howdah-test-'));
try {
  process.exitCode = (await runStages(folder)) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
