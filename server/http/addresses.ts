import { anybody, anybodyKnown, anywhere, type Need, onEverything } from '@/lib/access/who';

/** What is served at one address, or below it, and who may have it. */
export interface Address {
  readonly name:
    | 'procedures'
    | 'stream'
    | 'health'
    | 'metrics'
    | 'audit export'
    | 'routing'
    | 'sign-in'
    | 'assets'
    | 'sign-in page'
    | 'nothing'
    | 'page';
  readonly methods: readonly string[];
  readonly need: Need;
}

const read = ['GET', 'HEAD'];
const at = (name: Address['name'], methods: readonly string[], need: Need): Address => ({
  ...{ name, methods, need },
});

/** By the whole path. */
const exact: Readonly<Record<string, Address>> = {
  '/api/stream': at('stream', ['GET'], anywhere('viewer')),
  // Whether it serves is for whoever balances load; what it serves is told to who may see it all.
  '/api/health': at('health', read, anybody),
  '/metrics': at('metrics', read, onEverything('viewer')),
  '/api/audit/export': at('audit export', ['GET'], anywhere('operator')),
  '/sign-in': at('sign-in page', read, anybody),
  '/icon.svg': at('assets', read, anybody),
  '/favicon.ico': at('assets', read, anybody),
};

/** By how the path begins, the first that fits. */
const below: readonly (readonly [string, Address])[] = [
  // Each procedure says itself what it needs: see `server/trpc/trpc.ts`.
  ['/api/trpc/', at('procedures', ['GET', 'POST'], anybody)],
  ['/api/auth/', at('sign-in', ['GET', 'POST'], anybody)],
  // Of the cluster that it names it asks itself: see `routing-endpoint.ts`.
  ['/api/routing/', at('routing', ['GET'], anywhere('viewer'))],
  ['/api/', at('nothing', ['GET', 'HEAD', 'POST'], anybody)],
  // The program of the pages, which knows nothing of any cluster: who signs in needs it.
  ['/_next/', at('assets', read, anybody)],
  ['/', at('page', read, anybodyKnown)],
];

/** What there is at a path: a page, where nothing else says so. */
export function addressOf(pathname: string): Address {
  const known = Object.hasOwn(exact, pathname) ? exact[pathname] : undefined;
  if (known) return known;
  const found = below.find(([path]) => pathname.startsWith(path));
  return found?.[1] ?? at('nothing', [], anybodyKnown);
}

/** All that is in the table, for whoever wants to go through it. */
export const addresses: readonly (readonly [string, Address])[] = [
  ...Object.entries(exact),
  ...below,
];
