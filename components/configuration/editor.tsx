'use client';

import { useMemo } from 'react';
import { whyNotShown } from '@/components/account/failures';
import { useMay } from '@/components/account/use-account';
import { useConnection } from '@/components/stream/use-stream';
import { Button } from '@/components/ui/button';
import { Failed } from '@/components/ui/failed';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Segmented } from '@/components/ui/segmented';
import { Skeleton } from '@/components/ui/skeleton';
import { onCluster } from '@/lib/access/who';
import { checkConfiguration } from '@/lib/configuration/check';
import { effectsOf } from '@/lib/configuration/effects';
import type { ClusterSettings } from '@/lib/configuration/facts';
import { readSettings } from '@/lib/operations/settings';
import { MASK } from '@/lib/secrets';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterView } from '@/lib/topology/view';
import { EditReview } from './edit-review';
import type { EditTab } from './query';
import { SettingsForm } from './settings-form';
import { type Draft, useDraft } from './use-draft';
import type { DocumentQuery } from './use-settings';
import { listed } from './words';
import { YamlField } from './yaml-field';

/**
 * Hands on the whole document as JSON, and the version it was edited on. Where the document was
 * shown without its secrets, a mask stands for each: whoever writes it puts them back.
 */
export type OnReview = (text: string, seenVersion: number) => void;

/** Edits a cluster's configuration, as a form or as text: one document behind both. */
export function Editor({
  id,
  view,
  asked,
  settings,
  tab,
  onTab,
  onClose,
  onReview,
}: {
  id: ClusterId;
  view: ClusterView | null;
  asked: DocumentQuery;
  settings: ClusterSettings | null;
  tab: EditTab;
  onTab: (tab: EditTab) => void;
  onClose: () => void;
  onReview: OnReview;
}) {
  const draft = useDraft(asked.data);
  const mayNot = useMay(onCluster('operator'), id);
  const connected = useConnection((c) => c.phase === 'live' || c.phase === 'mending');
  const { changes, rules, document } = useJudged(draft, view, settings);
  const close = (
    <Button size="sm" tone="quiet" onClick={onClose}>
      {draft?.touched ? 'Discard the edit' : 'Stop editing'}
    </Button>
  );
  if (draft === null) return <NoDocument asked={asked} close={close} />;
  const obstacle = obstacleOf({ mayNot, draft, connected, asked, changes, rules });
  return (
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,2fr)_minmax(18rem,1fr)]">
      <Panel
        id="editor"
        title={`Edit version ${draft.base.version}`}
        aside={
          <div className="flex flex-wrap items-center gap-2">
            <Segmented
              label="How it is edited"
              value={tab}
              onChange={onTab}
              choices={[
                { value: 'form', label: 'Form' },
                { value: 'yaml', label: 'YAML' },
              ]}
            />
            {close}
          </div>
        }
      >
        <Notices {...{ draft, asked, connected }} />
        {tab === 'yaml' ? (
          <YamlField yaml={draft.yaml} json={draft.json} onType={draft.type} />
        ) : document === null ? (
          <Unreadable onTab={onTab} />
        ) : (
          <SettingsForm {...{ document, rules, settings }} onSet={draft.set} />
        )}
      </Panel>
      <div className="lg:sticky lg:top-16">
        <EditReview
          {...{ changes, rules, obstacle }}
          members={view?.members.map(({ name }) => name) ?? []}
          onReview={() => {
            if (draft.json.is === 'json') onReview(draft.json.text, draft.base.version);
          }}
        />
      </div>
    </div>
  );
}

/** The rules run where it is typed: nothing is asked of anybody. */
function useJudged(
  draft: Draft | null,
  view: ClusterView | null,
  settings: ClusterSettings | null,
) {
  const text = draft?.json.is === 'json' ? draft.json.text : null;
  const base = draft?.base ?? null;
  const parameters = settings?.parameters ?? null;
  const members = view?.members;
  return useMemo(() => {
    if (text === null || base === null) return { changes: [], rules: [], document: null };
    const current = readSettings(base.text);
    const patroniVersions = (members ?? []).flatMap(({ version }) => version ?? []);
    const { maxSessionTimeoutMs } = base;
    const { document, rules } = checkConfiguration(text, {
      ...{ maxSessionTimeoutMs, patroniVersions, parameters, current },
    });
    const changes = document && current ? effectsOf(current, document, parameters) : [];
    return { changes, rules, document };
  }, [text, base, parameters, members]);
}

function obstacleOf({
  mayNot,
  draft,
  connected,
  asked,
  changes,
  rules,
}: {
  mayNot: string | null;
  draft: Draft;
  connected: boolean;
  asked: DocumentQuery;
  changes: readonly unknown[];
  rules: readonly { verdict: string }[];
}): string | null {
  if (mayNot !== null) return mayNot;
  if (!connected || asked.error) return 'Howdah can’t be reached: what you typed stays.';
  if (asked.data?.is !== 'ok') return 'There is no configuration now that could be replaced.';
  if (draft.json.is === 'wrong') return 'The YAML can’t be read yet.';
  if (draft.moved) return 'It has changed meanwhile: decide above what becomes of your edit.';
  if (rules.some(({ verdict }) => verdict === 'refuse')) return 'Something above forbids it.';
  return changes.length === 0 ? 'Nothing is changed yet.' : null;
}

function Notices({
  draft,
  asked,
  connected,
}: {
  draft: Draft;
  asked: DocumentQuery;
  connected: boolean;
}) {
  const { moved, conflicts, carryOver, startOver, base, json } = draft;
  const gone = asked.data && asked.data.is !== 'ok';
  return (
    <div className="flex flex-col gap-2 px-4 pt-4 empty:hidden">
      {(!connected || asked.error) && (
        <Notice state="unknown">
          Whether version {base.version} is still the newest is not known: Howdah can’t be reached.
          What you typed stays.
        </Notice>
      )}
      {gone && (
        <Notice state="critical" alert>
          The configuration is gone from ZooKeeper, or can’t be read there now. What you typed
          stays.
        </Notice>
      )}
      {moved && carryOver && (
        <Notice state="attention" alert>
          <p>
            Somebody has written version {moved.version} while you were editing version{' '}
            {base.version}. Nothing that you typed is lost.
          </p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button size="sm" aria-disabled={json.is === 'wrong'} onClick={carryOver}>
              Carry my edit over to version {moved.version}
            </Button>
            <Button size="sm" tone="quiet" onClick={startOver}>
              Drop my edit, start from version {moved.version}
            </Button>
          </div>
          {json.is === 'wrong' && (
            <p className="mt-1 text-sm text-muted">
              It can be carried over once the YAML can be read.
            </p>
          )}
        </Notice>
      )}
      {conflicts.length > 0 && (
        <Notice state="attention">
          {listed(conflicts)} {conflicts.length === 1 ? 'was' : 'were'} changed by somebody else as
          well: what stands here is yours.
        </Notice>
      )}
      {base.masked && (
        <p data-testid="masked" className="text-sm text-muted">
          Passwords and the like are left out here: “{MASK}” stands for each. Where it stays, so
          does what it stands for.
        </p>
      )}
    </div>
  );
}

function Unreadable({ onTab }: { onTab: (tab: EditTab) => void }) {
  return (
    <div className="flex flex-wrap items-center gap-3 p-4">
      <p className="min-w-0">
        The YAML can’t be read as a configuration, so the form can’t show it.
      </p>
      <Button size="sm" onClick={() => onTab('yaml')}>
        Back to the YAML
      </Button>
    </div>
  );
}

function NoDocument({ asked, close }: { asked: DocumentQuery; close: React.ReactNode }) {
  const { data, error } = asked;
  return (
    <Panel id="editor" title="Edit the configuration" aside={close}>
      {error && <Failed says={whyNotShown(error)} again={() => void asked.refetch()} />}
      {!error && data?.is === 'absent' && (
        <p className="p-4 text-muted">
          ZooKeeper has no configuration of this cluster: Patroni writes the first one as it makes
          the cluster.
        </p>
      )}
      {!error && data?.is === 'unreadable' && (
        <p className="p-4">
          The configuration can’t be read ({data.why}), so it can’t be edited: restore an earlier
          version below.
        </p>
      )}
      {!error && data === undefined && (
        <div aria-busy="true" className="p-4">
          <p className="sr-only">Loading the configuration</p>
          <Skeleton className="h-64" />
        </div>
      )}
    </Panel>
  );
}
