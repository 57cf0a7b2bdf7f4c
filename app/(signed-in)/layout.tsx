import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { Shell } from '@/components/shell/shell';
import { build } from '../build';
import { Providers } from './providers';
import { sessionMark } from './session-mark';

export default async function SignedInLayout({ children }: { children: ReactNode }) {
  return (
    <Providers build={build} session={sessionMark((await cookies()).getAll())}>
      <Shell>{children}</Shell>
    </Providers>
  );
}
