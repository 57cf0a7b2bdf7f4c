'use client';

import Link from 'next/link';
import { useState } from 'react';
import { pastHref } from '@/components/past/query';
import { exactMoment, moment } from '@/components/stream/moment';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Panel } from '@/components/ui/panel';
import { causeWords } from '@/lib/history/post-mortem';
import type { ChangeWithin } from '@/lib/history/reliability';
import { changeCost, changeLoss, changeWords, kindTitles } from './words';

const FIRST = 100;

/** Changes of leadership, newest first; each leads to the cluster as it was then. */
export function Changes({ changes }: { changes: readonly ChangeWithin[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? changes : changes.slice(0, FIRST);
  return (
    <Panel id="changes" title={`Changes of leadership (${changes.length.toLocaleString()})`}>
      {changes.length === 0 ? (
        <p className="p-4 text-muted">No change of leadership was seen in this period.</p>
      ) : (
        <ol className="divide-y divide-line" aria-label="Changes of leadership, newest first">
          {shown.map((change) => (
            <Change key={change.failover.czxid} change={change} />
          ))}
        </ol>
      )}
      {changes.length > FIRST && (
        <div className="border-t border-line p-2">
          <Button tone="quiet" size="sm" onClick={() => setAll(!all)}>
            {all ? 'Show fewer' : `Show all ${changes.length.toLocaleString()}`}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function Change({ change }: { change: ChangeWithin }) {
  const { kind, cause, cluster, began } = change.failover;
  const loss = changeLoss(change);
  return (
    <li
      data-testid="leadership-change"
      data-kind={kind}
      className="grid grid-cols-[minmax(0,1fr)_auto] items-baseline gap-x-4 gap-y-1 px-4 py-2 md:grid-cols-[10.5rem_minmax(0,1fr)_auto]"
    >
      <Link
        href={pastHref(cluster, began)}
        title={`${exactMoment(began)}: see the cluster at this moment`}
        className="text-sm text-accent tabular-nums hover:underline"
      >
        <time dateTime={new Date(began).toISOString()}>{moment(began)}</time>
      </Link>
      <span className="order-last col-span-2 min-w-0 break-words md:order-none md:col-span-1">
        <span className="font-medium">{changeWords(change)}</span>
        <span className="text-muted">
          {' '}
          · {changeCost(change)}
          {loss !== null && ` · ${loss}`}
        </span>
      </span>
      <span className="flex items-center gap-1.5">
        <Badge title={causeWords[cause]}>{cause}</Badge>
        <Badge tone={kind === 'failover' ? 'attention' : 'plain'}>{kindTitles[kind]}</Badge>
      </span>
    </li>
  );
}
