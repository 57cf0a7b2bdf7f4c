import type { Metadata, Viewport } from 'next';
import { headers } from 'next/headers';
import type { ReactNode } from 'react';
import './globals.css';
import { Theme } from './theme';

export const dynamic = 'force-dynamic';

export const metadata: Metadata = {
  title: { default: 'Howdah', template: '%s · Howdah' },
  description: 'Mission control for PostgreSQL high availability on ZooKeeper',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#15191d' },
  ],
};

/** What whoever signs in needs, and nothing that knows of clusters: see `(signed-in)` for the rest. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get('x-nonce') ?? undefined;
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <Theme nonce={nonce}>{children}</Theme>
      </body>
    </html>
  );
}
