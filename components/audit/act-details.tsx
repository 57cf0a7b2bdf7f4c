'use client';

import Link from 'next/link';
import type { ReactNode } from 'react';
import { pastHref } from '@/components/past/query';
import { exactMoment } from '@/components/stream/moment';
import type { Json } from '@/lib/audit/entry';
import type { AuditAct } from '@/lib/audit/page';
import { isEnsemble, parseClusterId } from '@/lib/topology/cluster-id';
import { formatDuration } from '@/lib/units';
import { linesOf } from './words';

/** All that is kept of an act. */
export function ActDetails({ act }: { act: AuditAct }) {
  const { intent, outcome } = act;
  const key = intent.cluster === null ? null : parseClusterId(intent.cluster);
  const zxid = outcome?.cost?.zxid ?? null;
  const tookMs = outcome?.cost?.tookMs ?? null;
  return (
    <div className="grid gap-x-8 gap-y-4 border-t border-line bg-sunken px-4 py-3 text-sm md:grid-cols-2">
      <List title="The act">
        <Line name="Recorded">{exactMoment(act.at)}</Line>
        {outcome !== null && <Line name="Ended">{exactMoment(outcome.at)}</Line>}
        {tookMs !== null && <Line name="Took">{formatDuration(tookMs)}</Line>}
        <Line name="Row of the audit">{act.seq.toLocaleString()}</Line>
        <Line name="Its id">{intent.id}</Line>
        {zxid !== null && <Line name="Write to ZooKeeper (zxid)">{zxid}</Line>}
        {key !== null && !isEnsemble(key) && intent.cluster !== null && (
          <Line name="The cluster">
            <Link href={pastHref(intent.cluster, act.at)} className="text-accent hover:underline">
              as it was at that moment
            </Link>
          </Line>
        )}
      </List>
      <div className="grid content-start gap-4">
        <JsonList title="Decided on" json={intent.decidedOn} />
        <JsonList title="More of it" json={intent.detail} />
      </div>
    </div>
  );
}

function JsonList({ title, json }: { title: string; json: Json }) {
  const lines = linesOf(json);
  if (lines.length === 0) return null;
  return (
    <List title={title}>
      {lines.map(([name, words]) => (
        <Line key={name} name={name}>
          {words}
        </Line>
      ))}
    </List>
  );
}

function List({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-semibold">{title}</h3>
      <dl className="grid grid-cols-[minmax(8rem,auto)_minmax(0,1fr)] gap-x-4 gap-y-0.5">
        {children}
      </dl>
    </section>
  );
}

function Line({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="col-span-2 grid grid-cols-subgrid">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 break-words">{children}</dd>
    </div>
  );
}
