'use client';

import type { ReactNode } from 'react';
import { Failed } from '@/components/ui/failed';
import { Rows } from '@/components/ui/rows';
import { type Me, useAsked } from './use-account';

/** A page that differs by who looks at it: not before that is known. */
export function Known({ says, children }: { says: string; children: (me: Me) => ReactNode }) {
  const { me, fault, again } = useAsked();
  if (me !== null) return children(me);
  return (
    <div className="p-3 sm:p-4">
      <div className="rounded-lg border border-line bg-surface">
        {fault === null ? <Rows says={says} count={6} /> : <Failed says={fault} again={again} />}
      </div>
    </div>
  );
}
