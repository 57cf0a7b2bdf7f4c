'use client';

import {
  History,
  Keyboard,
  LayoutList,
  type LucideIcon,
  Monitor,
  Moon,
  Network,
  ScrollText,
  ShieldCheck,
  Split,
  Sun,
  UserRound,
  UsersRound,
} from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { useMaySee } from '@/components/account/use-account';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Mark } from '@/components/ui/mark';
import { Tooltip } from '@/components/ui/tooltip';
import { anywhere, onEverything } from '@/lib/access/who';
import { useShortcuts } from './shortcuts';

const places = [
  {
    href: '/',
    label: 'Fleet',
    Icon: LayoutList,
    holds: (path: string) => path === '/' || path.startsWith('/cluster/'),
  },
  {
    href: '/timeline',
    label: 'Timeline',
    Icon: History,
    holds: (path: string) => path === '/timeline',
  },
  {
    href: '/routing',
    label: 'Routing',
    Icon: Split,
    holds: (path: string) => path === '/routing',
  },
  {
    href: '/reliability',
    label: 'Reliability',
    Icon: ShieldCheck,
    holds: (path: string) => path === '/reliability',
  },
  {
    href: '/zookeeper',
    label: 'ZooKeeper',
    Icon: Network,
    holds: (path: string) => path === '/zookeeper',
  },
] as const;

interface Place {
  readonly href: string;
  readonly label: string;
  readonly Icon: LucideIcon;
}

/** Of who uses Howdah, and what they did with it. On a phone these are in the menu of the account. */
function useSettings(): readonly Place[] {
  const audit = useMaySee(anywhere('operator'));
  const accounts = useMaySee(onEverything('admin'));
  return [
    ...(audit ? [{ href: '/audit', label: 'Audit', Icon: ScrollText }] : []),
    ...(accounts ? [{ href: '/accounts', label: 'Accounts', Icon: UsersRound }] : []),
    { href: '/account', label: 'Account', Icon: UserRound },
  ];
}

/** The places of the product: at the left, or along the bottom of a phone. */
export function Rail() {
  const path = usePathname();
  const { showHelp } = useShortcuts();
  const settings = useSettings();
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] sm:inset-x-auto sm:inset-y-0 sm:left-0 sm:w-18 sm:flex-col sm:overflow-y-auto sm:border-t-0 sm:border-r sm:pb-0"
    >
      <Link
        href="/"
        aria-label="Howdah, go to the fleet"
        className="hidden h-12 shrink-0 items-center justify-center text-accent sm:flex"
      >
        <Mark />
      </Link>
      <div className="flex flex-1 flex-row sm:flex-col">
        {places.map(({ href, label, Icon, holds }) => (
          <PlaceLink key={href} {...{ href, label, Icon }} within={holds(path)} />
        ))}
      </div>
      <div className="hidden border-t border-line sm:block">
        {settings.map((place) => (
          <PlaceLink key={place.href} {...place} within={path === place.href} />
        ))}
      </div>
      <div className="flex flex-row items-center gap-1 p-2 sm:flex-col">
        <ThemeButton />
        <Tooltip says="Keyboard shortcuts (?)">
          <Button
            tone="quiet"
            size="icon"
            className="hidden sm:inline-flex"
            aria-label="Keyboard shortcuts"
            onClick={showHelp}
          >
            <Keyboard className="size-4" aria-hidden />
          </Button>
        </Tooltip>
      </div>
    </nav>
  );
}

function PlaceLink({ href, label, Icon, within }: Place & { within: boolean }) {
  const path = usePathname();
  return (
    <Link
      href={href}
      {...(within ? { 'aria-current': path === href ? 'page' : 'true' } : {})}
      className={cn(
        'flex min-h-14 min-w-0 flex-1 flex-col items-center justify-center gap-1 whitespace-nowrap border-t-2 border-transparent text-xs font-medium text-muted hover:bg-sunken hover:text-ink sm:w-full sm:flex-none sm:border-t-0 sm:border-l-2',
        within && 'border-accent text-accent',
      )}
    >
      <Icon className="size-5" aria-hidden />
      {label}
    </Link>
  );
}

const order = ['system', 'light', 'dark'] as const;
const faces = { system: Monitor, light: Sun, dark: Moon };

function ThemeButton() {
  const { theme, setTheme } = useTheme();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  // The server can't know the choice: the first paint in the browser must equal what it sent.
  const at = Math.max(
    0,
    order.findIndex((name) => mounted && name === theme),
  );
  const now = order[at] ?? 'system';
  const next = order[(at + 1) % order.length] ?? 'system';
  const Icon = faces[now];
  return (
    <Tooltip says={`Theme: ${now}. Click for ${next}`}>
      <Button
        tone="quiet"
        size="icon"
        aria-label={`Theme: ${now}. Change to ${next}`}
        onClick={() => setTheme(next)}
      >
        <Icon className="size-4" aria-hidden />
      </Button>
    </Tooltip>
  );
}
