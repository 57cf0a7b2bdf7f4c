'use client';

import { exactMoment, moment } from '@/components/stream/moment';
import { cn } from '@/components/ui/cn';
import { clusterName, isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';

export const clusterWords = (cluster: string): string => {
  const key = parseClusterId(cluster);
  if (key === null) return cluster;
  return isEnsemble(key) ? clusterName(key) : `${clusterName(key)} on ${key.ensemble}`;
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
