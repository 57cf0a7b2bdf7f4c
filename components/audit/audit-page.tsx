'use client';

import { Download } from 'lucide-react';
import { useCallback, useDeferredValue, useMemo, useRef } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { Known } from '@/components/account/known';
import { useShortcut } from '@/components/shell/shortcuts';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Forbidden } from '@/components/ui/forbidden';
import { LoadMore } from '@/components/ui/load-more';
import { Panel } from '@/components/ui/panel';
import { Rows } from '@/components/ui/rows';
import { useQueryState } from '@/components/ui/use-query-state';
import { roleOnAll } from '@/lib/access/roles';
import { anywhere, refusal } from '@/lib/access/who';
import { AuditTable } from './audit-table';
import { Filters } from './filters';
import {
  type AuditPageQuery,
  everything,
  exportHref,
  formatAuditQuery,
  isNarrowed,
  parseAuditQuery,
} from './query';
import { TrailState } from './trail-state';
import { useAudit } from './use-audit';

/** Who did what through Howdah, and what was changed past it. */
export function AuditPage() {
  return (
    <Known says="Loading the audit">
      {(me) => {
        const refused = refusal(anywhere('operator'), me);
        return refused === null ? (
          <Audit whole={roleOnAll(me.grants) === 'admin'} />
        ) : (
          <Forbidden title="The audit is for who operates clusters" says={refused.says} />
        );
      }}
    </Known>
  );
}

function Audit({ whole }: { whole: boolean }) {
  const [query, setQuery] = useQueryState(parseAuditQuery, formatAuditQuery);
  // Typing stays quick: what is asked for follows.
  const deferred = useDeferredValue(query);
  const search = useRef<HTMLInputElement>(null);
  useShortcut(
    '/',
    useCallback(() => search.current?.select(), []),
  );
  return (
    <div className="flex flex-col gap-3 p-3 sm:p-4">
      <h1 className="sr-only">Audit</h1>
      <Filters query={query} setQuery={setQuery} search={search} />
      <TrailState />
      {!whole && (
        <p className="text-sm text-muted">
          You see what concerns the clusters that you operate; sign-ins and accounts are for
          administrators of all clusters.
        </p>
      )}
      <Panel id="audit" title="Audit" aside={<Export query={deferred} />}>
        <Items query={deferred} setQuery={setQuery} />
      </Panel>
    </div>
  );
}

function Items({
  query,
  setQuery,
}: {
  query: AuditPageQuery;
  setQuery: (part: Partial<AuditPageQuery>) => void;
}) {
  const { asked, items, error } = useAudit(query);
  const { refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = asked;
  const onOpen = useCallback((item: string | null) => setQuery({ item }), [setQuery]);
  const onCluster = useCallback((cluster: string) => setQuery({ cluster }), [setQuery]);
  const onPerson = useCallback((person: string) => setQuery({ person }), [setQuery]);
  const further = (asked.data?.pages.length ?? 0) > 1;
  return (
    <>
      {error && (
        <Failed
          className="border-b border-line"
          says={whyNotShown(error)}
          again={() => void refetch()}
        />
      )}
      {items === null && !error && <Rows says="Loading the audit" count={8} />}
      {items?.length === 0 && (
        <div className="flex flex-col items-start gap-3 p-4 text-muted">
          <p>{isNarrowed(query) ? 'Nothing that fits was done.' : 'Nothing has been done yet.'}</p>
          {isNarrowed(query) && (
            <Button size="sm" onClick={() => setQuery(everything)}>
              Show everything
            </Button>
          )}
        </div>
      )}
      {further && (
        <div className="border-b border-line p-2">
          <Button tone="quiet" size="sm" onClick={() => void refetch()}>
            This stands still while you look back: show what came since
          </Button>
        </div>
      )}
      {items && items.length > 0 && (
        <AuditTable items={items} open={query.item} {...{ onOpen, onCluster, onPerson }} />
      )}
      <LoadMore pages={{ hasNextPage, isFetchingNextPage, fetchNextPage }}>Load older</LoadMore>
    </>
  );
}

const formats = [
  ['csv', 'CSV'],
  ['jsonl', 'JSON lines'],
] as const;

/** All that fits, not only what is loaded; a period is counted from when it was asked for, as below. */
function Export({ query }: { query: AuditPageQuery }) {
  const links = useMemo(
    () =>
      formats.map(([format, words]) => ({ words, href: exportHref(query, Date.now(), format) })),
    [query],
  );
  return (
    <div className="flex items-center gap-2">
      <Download className="size-4 text-muted" aria-hidden />
      {links.map(({ words, href }) => (
        <Button key={words} size="sm" asChild>
          <a href={href} download aria-label={`Export what fits as ${words}`}>
            {words}
          </a>
        </Button>
      ))}
    </div>
  );
}
