'use client';

import { rolesInWords } from '@/components/account/roles-in-words';
import { type Me, useAccount } from '@/components/account/use-account';
import { useStream } from '@/components/stream/use-stream';
import { Skeleton } from '@/components/ui/skeleton';
import { roleOnAll } from '@/lib/access/roles';

const lines = Array.from({ length: 12 }, (_, n) => n);

export function FleetSkeleton() {
  return (
    <div aria-busy="true" className="flex flex-col gap-3">
      <p className="sr-only">Loading the fleet</p>
      <div className="flex gap-2">
        {lines.slice(0, 5).map((n) => (
          <Skeleton key={n} className="h-9 w-24" />
        ))}
      </div>
      <div className="rounded-lg border border-line bg-surface">
        {lines.map((n) => (
          <div
            key={n}
            className="flex h-11 items-center gap-6 border-b border-line px-4 last:border-0"
          >
            <Skeleton className="h-4 w-40" />
            <Skeleton className="h-4 flex-1" />
            <Skeleton className="hidden h-4 w-24 sm:block" />
            <Skeleton className="hidden h-4 w-24 sm:block" />
          </div>
        ))}
      </div>
    </div>
  );
}

/** Nothing is there for who looks: because there is none, or none that they may see. */
export function FleetEmpty() {
  const me = useAccount();
  return me === null || roleOnAll(me.grants) !== null ? (
    <NoCluster />
  ) : (
    <NoClusterOfTheirs me={me} />
  );
}

function NoClusterOfTheirs({ me }: { me: Me }) {
  return (
    <div className="flex max-w-2xl flex-col gap-4 rounded-lg border border-line bg-surface p-6">
      <h2 className="text-lg font-semibold">There is no cluster that you may see</h2>
      <p>
        You are {rolesInWords(me.grants)}, and Howdah has found no cluster there. What it finds
        appears here by itself. If you need another, ask an administrator of Howdah for a role on
        it.
      </p>
    </div>
  );
}

/** Nothing is wrong, and nothing is there: say where Howdah looks, and what would appear. */
function NoCluster() {
  const ensembles = useStream((stream) => stream.ensembles);
  return (
    <div className="flex max-w-2xl flex-col gap-4 rounded-lg border border-line bg-surface p-6">
      <h2 className="text-lg font-semibold">No cluster has been found yet</h2>
      <p>
        Howdah lists every Patroni cluster that keeps its state under one of the namespaces it
        watches. It appears here by itself, moments after its first member starts.
      </p>
      <ul className="divide-y divide-line border-y border-line">
        {ensembles.flatMap((ensemble) =>
          ensemble.namespaces.map(({ path, exists }) => (
            <li
              key={`${ensemble.name} ${path}`}
              className="flex flex-wrap justify-between gap-x-4 py-2"
            >
              <span className="min-w-0">
                <span className="font-mono">{path}</span>{' '}
                <span className="text-muted">in ensemble {ensemble.name}</span>
              </span>
              <span className="text-muted">
                {ensemble.state !== 'connected'
                  ? "can't be read now"
                  : exists === null
                    ? 'not read yet'
                    : exists
                      ? 'exists, holds no cluster'
                      : 'does not exist yet'}
              </span>
            </li>
          )),
        )}
        {ensembles.length === 0 && <li className="py-2 text-muted">No ensemble is configured.</li>}
      </ul>
      <p className="text-muted">
        If a cluster of yours is missing, compare the <code className="font-mono">namespace</code>{' '}
        and the ZooKeeper hosts in its Patroni configuration with the list above.
      </p>
    </div>
  );
}
