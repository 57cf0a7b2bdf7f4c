'use client';

import { exactMoment, moment } from '@/components/stream/moment';
import { cn } from '@/components/ui/cn';
import { scopeInWords } from '@/lib/access/roles';
import { clusterName, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';

/** As roles name it: two namespaces may have a cluster of the same name. */
export const clusterWords = (cluster: string): string => {
  const key = parseClusterId(cluster);
  if (key !== null && isEnsemble(key)) return clusterName(key);
  return scopeInWords({ of: 'cluster', cluster });
};

/** The cluster that it is about: shows what concerns it alone. */
export function OnCluster({
  cluster,
  onCluster,
}: {
  cluster: string;
  onCluster: (cluster: string) => void;
}) {
  return (
    <button
      type="button"
      title={`Only ${clusterWords(cluster)}`}
      className="text-left font-medium text-accent hover:underline"
      onClick={() => onCluster(cluster)}
    >
      {clusterWords(cluster)}
    </button>
  );
}

export function When({ at }: { at: number }) {
  return (
    <time
      dateTime={new Date(at).toISOString()}
      title={exactMoment(at)}
      className="text-sm whitespace-nowrap text-muted"
    >
      {moment(at)}
    </time>
  );
}

/** Along the left edge of what is of another kind than the rest. */
export function Bar({ className }: { className: string }) {
  return <span aria-hidden className={cn('absolute inset-y-0 left-0 border-l-4', className)} />;
}
