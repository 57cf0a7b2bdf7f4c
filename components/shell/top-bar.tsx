'use client';

import { Search } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useCallback } from 'react';
import { AccountMenu } from '@/components/account/account-menu';
import { useLocalNow } from '@/components/stream/clock';
import { clockTime, exactMoment, utc } from '@/components/stream/moment';
import { useStream } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Kbd } from '@/components/ui/kbd';
import { clusterName, parseClusterId } from '@/lib/topology/cluster-id';
import { openPalette } from './command-palette';
import { ConnectionState } from './connection-state';
import { EnsembleStates } from './ensemble-state';

export function TopBar() {
  return (
    <header className="sticky top-0 z-20 flex h-12 items-center gap-2 border-b border-line bg-surface px-4 sm:gap-3">
      <WhereAmI />
      <Button
        tone="plain"
        size="sm"
        onClick={openPalette}
        aria-keyshortcuts="Control+K Meta+K"
        className="border-line text-muted"
      >
        <Search className="size-4" aria-hidden />
        <span className="max-md:sr-only">Search</span>
        <span className="hidden md:inline" aria-hidden>
          <Kbd>Ctrl K</Kbd>
        </span>
      </Button>
      <EnsembleStates />
      <ConnectionState />
      <WallClock />
      <AccountMenu />
    </header>
  );
}

const titles: Readonly<Record<string, string>> = {
  '/': 'Fleet',
  '/timeline': 'Timeline',
  '/reliability': 'Reliability',
  '/routing': 'Routing',
  '/zookeeper': 'ZooKeeper',
  '/account': 'Account',
  '/accounts': 'Accounts',
  '/audit': 'Audit',
};

/** Of a cluster. */
const parts: Readonly<Record<string, string>> = {
  past: 'Past',
  configuration: 'Configuration',
  routing: 'Reads',
  runs: 'Operations',
};

function WhereAmI() {
  const path = usePathname();
  const id = path.startsWith('/cluster/') ? (path.split('/')[2] ?? null) : null;
  const part = path.split('/')[3] ?? null;
  const past = part === 'past';
  const told = useStream(
    useCallback(
      (stream) =>
        id === null
          ? null
          : (stream.clusters.get(id)?.view?.name ?? stream.fleet.get(id)?.name ?? null),
      [id],
    ),
  );
  const key = id === null ? null : parseClusterId(id);
  // Whoever looks at the past need not know the cluster as it is.
  const name = told ?? (part !== null && key ? clusterName(key) : null);
  return (
    <nav aria-label="Where you are" className="min-w-0 flex-1">
      <ol className="flex min-w-0 items-center gap-2">
        {id === null ? (
          <li className="truncate font-semibold" aria-current="page">
            {titles[path] ?? 'Howdah'}
          </li>
        ) : (
          <>
            <li className="max-[30rem]:hidden">
              <Link href="/" className="text-muted hover:text-ink hover:underline">
                Fleet
              </Link>
            </li>
            <li aria-hidden className="text-muted max-[30rem]:hidden">
              /
            </li>
            <li
              className="min-w-0 truncate font-semibold"
              title={name ?? id}
              {...(part === null ? { 'aria-current': 'page' } : {})}
            >
              {name ?? '…'}
            </li>
            {part !== null && (
              <>
                <li aria-hidden className="text-muted">
                  /
                </li>
                <li
                  className={cn('min-w-0 truncate font-semibold', past && 'text-past')}
                  aria-current="page"
                >
                  {parts[part] ?? 'Cluster'}
                </li>
              </>
            )}
          </>
        )}
      </ol>
    </nav>
  );
}

function WallClock() {
  const now = useLocalNow();
  if (now === 0) return <span className="hidden w-16 lg:inline" />;
  return (
    <time
      dateTime={new Date(now).toISOString()}
      title={`${exactMoment(now)}\n${utc(now)}`}
      className="hidden min-w-16 text-right text-sm text-muted lg:inline"
    >
      {clockTime(now)}
    </time>
  );
}
