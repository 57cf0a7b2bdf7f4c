'use client';

import Link from 'next/link';
import { pastHref } from '@/components/past/query';
import { Badge } from '@/components/ui/badge';
import type { AuditSeen } from '@/lib/audit/page';
import { isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import { Bar, OnCluster, When } from './place';

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
      className="relative grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-1 bg-attention-soft px-4 py-2 md:grid-cols-[10.5rem_minmax(0,15rem)_minmax(0,1fr)_13rem]"
    >
      <Bar className="border-dashed border-attention" />
      <When at={at} />
      <div>
        <Badge tone="attention">
          {by === 'others' ? 'not by Howdah' : 'while no Howdah watched'}
        </Badge>
      </div>
      <div className="col-span-2 min-w-0 md:col-span-1">
        <OnCluster cluster={event.cluster} onCluster={onCluster} />
        <p className="text-sm">{event.says}</p>
      </div>
      {ofCluster && (
        <Link
          href={pastHref(event.cluster, at)}
          className="text-sm text-accent hover:underline md:text-right"
        >
          see it
        </Link>
      )}
    </li>
  );
}
