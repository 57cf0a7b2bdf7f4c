'use client';

import Link from 'next/link';
import { pastHref } from '@/components/past/query';
import { Badge } from '@/components/ui/badge';
import type { AuditSeen } from '@/lib/audit/page';
import { isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import { OnCluster, When } from './place';

/** A change that Howdah did not make: nobody's name is known, so none stands where names do. */
export function Seen({
  seen: { at, by, event },
  onCluster,
}: {
  seen: AuditSeen;
  onCluster: (cluster: string) => void;
}) {
  const key = parseClusterId(event.cluster);
  const ofCluster = key !== null && !isEnsemble(key);
  return (
    <li
      data-testid="audit-seen"
      data-by={by}
      className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 gap-y-1 border-l-4 border-dashed border-attention bg-attention-soft py-2 pr-4 pl-3 md:grid-cols-[10.5rem_minmax(0,15rem)_minmax(0,1fr)_auto]"
    >
      <When at={at} />
      <div className="order-first col-span-2 md:order-none md:col-span-1">
        <Badge tone="attention">
          {by === 'others' ? 'not by Howdah' : 'while no Howdah watched'}
        </Badge>
      </div>
      <div className="order-last col-span-2 min-w-0 md:order-none md:col-span-1">
        <OnCluster cluster={event.cluster} onCluster={onCluster} />
        <p className="text-sm">{event.says}</p>
      </div>
      {ofCluster && (
        <Link href={pastHref(event.cluster, at)} className="text-sm text-accent hover:underline">
          see it
        </Link>
      )}
    </li>
  );
}
