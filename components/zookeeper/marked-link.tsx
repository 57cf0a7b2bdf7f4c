'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useMaySee } from '@/components/account/use-account';
import { useTRPC } from '@/components/trpc';
import { onCluster } from '@/lib/access/who';
import { ensembleId } from '@/lib/topology/cluster-id';

/** Where versions are kept of znodes that an operator has marked, the way to them. */
export function MarkedLink({ ensemble }: { ensemble: string }) {
  const trpc = useTRPC();
  const cluster = ensembleId(ensemble);
  const enabled = useMaySee(onCluster('viewer'), cluster);
  const marked = useQuery(trpc.history.znodes.queryOptions({ cluster }, { enabled }));
  const count = marked.data?.length ?? 0;
  if (count === 0) return null;
  return (
    <p className="border-t border-line px-4 py-2.5">
      <Link
        href={`/cluster/${cluster}/configuration`}
        className="font-medium text-accent hover:underline"
      >
        Versions of {count} marked {count === 1 ? 'znode' : 'znodes'}
      </Link>
    </p>
  );
}
