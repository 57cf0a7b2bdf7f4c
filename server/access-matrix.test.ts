import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Grant } from '@/lib/access/roles';
import type { Need } from '@/lib/access/who';
import { clusterId, ensembleId } from '@/lib/topology/cluster-id';
import { anAudit, anIdentity } from './auth/identity-for-tests';
import { FakeClock } from './fake-clock';
import { addresses } from './http/addresses';
import { createGuard } from './http/guard';
import { createPeer } from './http/peer';
import { createHttpServer, type HttpParts } from './http/server';
import type { StreamSource } from './ports';
import { Hub } from './stream/hub';
import { appRouter } from './trpc/router';

const key = { ensemble: 'main', namespace: '/service', group: null };
const HERE = clusterId({ ...key, scope: 'here' });
const ELSEWHERE = clusterId({ ...key, scope: 'elsewhere' });

/** Everybody there can be, as the columns of the table. */
const people: Readonly<Record<string, readonly Grant[] | null>> = {
  nobody: null,
  'no role': [],
  'admin elsewhere': [{ role: 'admin', scope: { of: 'cluster', cluster: ELSEWHERE } }],
  'viewer here': [{ role: 'viewer', scope: { of: 'cluster', cluster: HERE } }],
  'operator here': [{ role: 'operator', scope: { of: 'cluster', cluster: HERE } }],
  'admin here': [
    { role: 'admin', scope: { of: 'namespace', ensemble: 'main', namespace: '/service' } },
  ],
  viewer: [{ role: 'viewer', scope: { of: 'all' } }],
  operator: [{ role: 'operator', scope: { of: 'all' } }],
  admin: [{ role: 'admin', scope: { of: 'all' } }],
  'admin token': [{ role: 'admin', scope: { of: 'all' } }],
  'admin, first password': [{ role: 'admin', scope: { of: 'all' } }],
};
const names = Object.keys(people);

/** A service that answers whatever it is asked: only whether it is reached matters here. */
const answersAll = new Proxy({}, { get: () => async () => null });

const view = { rev: 1, json: '{"is":"told"}' };
const source: StreamSource = {
  ...{ rev: 1, settled: true },
  summaries: () => ({
    ...{ full: true, gone: [] },
    changed: [HERE, ELSEWHERE].map((id) => ({ id, json: JSON.stringify({ id }) })),
  }),
  view: () => view,
  samples: () => ({ reset: false, entries: [] }),
  events: () => ({ reset: false, entries: [] }),
  operation: () => null,
  routing: () => null,
  ensembles: () => ({ rev: 1, json: '[]' }),
  probing: () => ({ rev: 1, json: 'null' }),
  history: () => ({ rev: 1, json: 'null' }),
};

let url = '';
let server: ReturnType<typeof createHttpServer>;
beforeAll(async () => {
  const peer = createPeer({ proxies: [] });
  const hub = new Hub({
    ...{ clock: new FakeClock(), build: 'b', epoch: 'e', source, most: 100 },
    onAttention: () => {},
  });
  server = createHttpServer({
    ...{ peer, guard: createGuard({ peer, hosts: [] }), tls: null, mostStreams: 100 },
    services: {
      ...{ operations: answersAll, history: answersAll },
      ...{ routing: answersAll, policies: answersAll },
      ...{ settings: answersAll, accounts: answersAll, audit: anAudit(), limit: async () => null },
    } as unknown as HttpParts['services'],
    identify: async ({ headers }) => {
      const person = headers['x-person'] as string;
      const grants = people[person];
      if (!grants) return null;
      const kind = person.endsWith('token') ? 'token' : 'user';
      return anIdentity(grants, { kind, mustChangePassword: person.endsWith('first password') });
    },
    signIn: {},
    isOpen: () => false,
    stream: (request, response, { sight, ended }) =>
      hub.subscribe(request, response, { sight, ended, shares: [] }),
    pages: (_, response) => void response.end('page'),
    metrics: { contentType: 'text/plain', text: async () => 'up 1' },
    health: () => ({ ok: true, body: { whole: true } }),
    onError: () => {},
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function ask(path: string, person: string, init: RequestInit = {}): Promise<Response> {
  const headers = { 'x-person': person, origin: url, 'content-type': 'application/json' };
  return fetch(`${url}${path}`, { redirect: 'manual', ...init, headers });
}

/** Whether somebody gets as far as what is behind a procedure, whatever that makes of the input. */
async function reaches(
  path: string,
  person: string,
  { type, cluster }: { type: string; cluster: string },
): Promise<boolean> {
  const input = JSON.stringify({ cluster });
  const answer =
    type === 'query'
      ? await ask(`/api/trpc/${path}?input=${encodeURIComponent(input)}`, person)
      : await ask(`/api/trpc/${path}`, person, { method: 'POST', body: input });
  const body = (await answer.json()) as { error?: { data: { failure: string } } };
  const failure = body.error?.data.failure;
  return !['signed-out', 'forbidden', 'not-found'].includes(failure ?? '');
}

const row = (what: string, cells: readonly boolean[]): string =>
  `| ${what} | ${cells.map((may) => (may ? 'yes' : '–')).join(' | ')} |`;

const head = [`| | ${names.join(' | ')} |`, `|---|${'---|'.repeat(names.length)}`];

async function procedureRows(cluster: string): Promise<readonly string[]> {
  const procedures = Object.entries(appRouter._def.procedures) as unknown as readonly [
    string,
    { readonly _def: { readonly type: string; readonly meta?: { need: Need } } },
  ][];
  expect(procedures.length).toBeGreaterThan(20);
  const rows = [];
  for (const [path, { _def }] of procedures) {
    if (cluster !== HERE && _def.meta?.need.of !== 'cluster') continue;
    const cells = [];
    for (const person of names) {
      cells.push(await reaches(path, person, { type: _def.type, cluster }));
    }
    rows.push(row(`\`${path}\``, cells));
  }
  return [...head, ...rows.sort()];
}

async function addressRows(): Promise<readonly string[]> {
  const rows = [];
  for (const [path, { methods }] of addresses) {
    if (path === '/api/trpc/' || path === '/api/auth/') continue;
    const cells = [];
    for (const person of names) {
      const stopped = new AbortController();
      const answer = await ask(path === '/' ? '/timeline' : path, person, {
        signal: stopped.signal,
      });
      cells.push(answer.status === 200);
      stopped.abort();
    }
    rows.push(row(`\`${methods.join(', ')} ${path}\``, cells));
  }
  return [...head, ...rows.sort()];
}

/** What the first frames of a stream tell. */
async function told(topics: string, person: string): Promise<string> {
  const stopped = new AbortController();
  const answer = await ask(`/api/stream?topics=${encodeURIComponent(topics)}`, person, {
    signal: stopped.signal,
  });
  if (answer.status !== 200) return '';
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    if (/^id: /m.test(text)) break;
  }
  stopped.abort();
  return text;
}

async function topicRows(): Promise<readonly string[]> {
  const rows = [];
  for (const [topic, sign] of [
    ['fleet', `"id":"${HERE}"`],
    [`cluster:${HERE}`, '"is":"told"'],
  ] as const) {
    const cells = [];
    for (const person of names) cells.push((await told(topic, person)).includes(sign));
    rows.push(row(`\`${topic === 'fleet' ? 'fleet' : 'cluster:<id>'}\``, cells));
  }
  return [...head, ...rows.sort()];
}

test('every procedure, address and topic is for exactly those whom docs/access-table.md names', async () => {
  const text = [
    '# Who may ask what\n',
    'What [security.md](security.md) says in words, as `server/access-matrix.test.ts` finds it by asking each of them as each of these. *Here* is a role for that cluster (or its namespace, for the administrator), *elsewhere* one for another cluster; a bare name is a role for all clusters.\n',
    '## Procedures\n',
    ...(await procedureRows(HERE)),
    '\n## Procedures of a cluster, asked about what an ensemble keeps of its own\n',
    ...(await procedureRows(ensembleId('main'))),
    '\n## Addresses\n',
    ...(await addressRows()),
    '\n## Topics of the stream\n',
    ...(await topicRows()),
    '',
  ].join('\n');
  await expect(text).toMatchFileSnapshot('../docs/access-table.md');
});
