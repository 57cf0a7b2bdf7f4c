import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { advisories, lockMistakes } from './audit-dependencies.mjs';

const good = {
  resolved: 'https://registry.npmjs.org/a/-/a-1.0.0.tgz',
  integrity: 'sha512-x',
};
const mistakesOf = (entry: object) =>
  lockMistakes(
    { packages: { '': {}, 'node_modules/b/node_modules/@x/a': entry } },
    { '@x/a': true },
  );

describe('the lock file', () => {
  test('says of each where it is from and what it holds', () => {
    expect(mistakesOf(good)).toEqual([]);
    // npm can be told to leave out what is the registry's anyway.
    expect(mistakesOf({ integrity: good.integrity })).toEqual([]);
    expect(mistakesOf({ ...good, resolved: 'git+ssh://git@github.com/x/a.git' })).toHaveLength(1);
    expect(mistakesOf({ ...good, integrity: 'sha1-x' })).toEqual([
      '@x/a has no hash of what it holds',
    ]);
    expect(mistakesOf({})).toHaveLength(1);
  });

  test('has scripts of those only that package.json names', () => {
    const scripted = { ...good, hasInstallScript: true };
    expect(mistakesOf(scripted)).toEqual([]);
    expect(
      lockMistakes({ packages: { 'node_modules/c': scripted } }, { '@x/a': true }),
    ).toHaveLength(1);
  });
});

const cache = mkdtempSync(join(tmpdir(), 'howdah-audit-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** @returns the arguments by which npm asks a registry that answers so. */
async function registry(answer: RequestListener): Promise<string[]> {
  const server = createServer(answer).listen(0, '127.0.0.1');
  stops.push(() => server.close());
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  // What npm makes of advisories it keeps: not among those of this machine, and not for the next.
  const own = mkdtempSync(join(cache, 'npm-'));
  return [`--registry=http://127.0.0.1:${port}/`, `--cache=${own}`];
}

const advisory = (severity: string) => ({
  zod: [{ id: 1, url: 'https://x', title: 't', severity, vulnerable_versions: '>=0', cwe: [] }],
});

describe('advisories', () => {
  test.each([
    ['critical', 1],
    ['moderate', 0],
  ])('that are %s count %i', async (severity, grave) => {
    const args = await registry((request, response) => {
      if (request.method === 'POST') response.end(JSON.stringify(advisory(severity)));
      else response.writeHead(404).end('{}');
    });
    const found = await advisories(args);
    expect(found.checked).toBe(true);
    expect(found.grave.filter((each) => each.startsWith('zod'))).toHaveLength(grave);
  });

  test('are not checked, and said not to be, where they can not be had', async () => {
    const refusing = await registry((_, response) => response.writeHead(405).end());
    for (const args of [refusing, ['--registry=http://127.0.0.1:1/']]) {
      const { checked, says, grave } = await advisories(args);
      expect({ checked, grave }).toEqual({ checked: false, grave: [] });
      expect(says).toContain('not checked');
    }
  });
});
