'use client';

import { RotateCcw } from 'lucide-react';
import { type ReactNode, useId, useMemo } from 'react';
import { exactMoment, moment } from '@/components/stream/moment';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Panel } from '@/components/ui/panel';
import type { KeptVersion } from '@/lib/history/znode-version';
import { MASK } from '@/lib/secrets';
import { formatBytes } from '@/lib/units';
import type { Access } from '@/lib/znodes/access';
import { diffOf, textOf } from './pretty';
import { writtenAt } from './version-list';

const nameOf = (version: KeptVersion | null): string => {
  if (version === null) return 'nothing';
  return version.znode === null ? 'the time it was gone' : `version ${version.znode.stat.version}`;
};

/** One version, against another: what differs, and all that ZooKeeper says of it. */
export function VersionDiff({
  version,
  before,
  oldest,
  onRestore,
  mayNotRestore,
}: {
  version: KeptVersion;
  before: KeptVersion | null;
  /** There is none before it. */
  oldest: boolean;
  onRestore: (() => void) | null;
  /** Why who looks at it may not restore it; null: they may. */
  mayNotRestore: string | null;
}) {
  const why = useId();
  return (
    <Panel
      id="version"
      title={version.znode === null ? 'Gone' : `Version ${version.znode.stat.version}`}
      aside={
        onRestore && (
          <div className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1">
            {mayNotRestore !== null && (
              <p id={why} className="text-sm text-muted">
                {mayNotRestore}
              </p>
            )}
            <Button
              size="sm"
              aria-disabled={mayNotRestore !== null}
              {...(mayNotRestore === null ? {} : { 'aria-describedby': why })}
              onClick={() => {
                if (mayNotRestore === null) onRestore();
              }}
            >
              <RotateCcw aria-hidden className="size-4" />
              Restore this version …
            </Button>
          </div>
        )
      }
    >
      <Facts version={version} />
      <div className="border-t border-line p-4">
        <p className="mb-2 text-sm text-muted">
          {before === null
            ? oldest
              ? 'The oldest version that is kept, as a whole:'
              : 'As a whole:'
            : `Compared with ${nameOf(before)}:`}
        </p>
        <Diff before={before} after={version} />
      </div>
    </Panel>
  );
}

function Diff({ before, after }: { before: KeptVersion | null; after: KeptVersion }) {
  const [from, to] = [textOf(before), textOf(after)];
  const lines = useMemo(
    () => (from === null || to === null ? null : diffOf(before === null ? to : from, to)),
    [before, from, to],
  );
  if (lines === null) {
    return (
      <p className="text-muted">
        One of them is no text, or too long for a page: export it instead.
      </p>
    );
  }
  const differ = lines.some(({ is }) => is !== 'same');
  const masked = before?.znode?.masked === true || after.znode?.masked === true;
  return (
    <>
      {masked && (
        <p data-testid="masked" className="mb-2 text-muted">
          Passwords and the like are kept, and left out here: “{MASK}” stands for each.
        </p>
      )}
      {before !== null && !differ && (
        <p className="mb-2">They say the same{masked ? ', as far as it is shown' : ''}.</p>
      )}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, and has to be reached by keyboard */}
      <pre tabIndex={0} className="overflow-x-auto rounded-md border border-line font-mono text-sm">
        {lines.map(({ key, is, text }) => (
          <span
            key={key}
            data-diff={is}
            className={cn(
              'block px-3 whitespace-pre',
              is === 'added' && 'bg-good-soft text-good',
              is === 'removed' && 'bg-critical-soft text-critical',
            )}
          >
            <span aria-hidden>{is === 'added' ? '+ ' : is === 'removed' ? '− ' : '  '}</span>
            {is !== 'same' && <span className="sr-only">{is} </span>}
            {text}
          </span>
        ))}
      </pre>
    </>
  );
}

function Facts({ version }: { version: KeptVersion }) {
  const { znode, at } = version;
  return (
    <dl className="flex flex-wrap gap-x-6 gap-y-1 p-4">
      <Fact label={znode === null ? 'Seen to be gone' : 'Written'}>
        <time title={exactMoment(writtenAt(version))}>{moment(writtenAt(version))}</time>
      </Fact>
      {znode !== null && (
        <>
          <Fact label="Seen">
            <time title={exactMoment(at)}>{moment(at)}</time>
          </Fact>
          <Fact label="Size">{formatBytes(znode.bytes)}</Fact>
          <Fact label="mzxid">
            <span className="font-mono text-sm">{znode.stat.mzxid}</span>
          </Fact>
          {znode.stat.ephemeralOwner !== null && (
            <Fact label="Session">
              <span className="font-mono text-sm">{znode.stat.ephemeralOwner}</span>
            </Fact>
          )}
          <Fact label="ACL">{accessWords(znode.access)}</Fact>
        </>
      )}
    </dl>
  );
}

const LETTERS = ['r', 'w', 'c', 'd', 'a'] as const;

/** As ZooKeeper's own shell writes it. */
function accessWords(access: readonly Access[] | null): string {
  if (access === null) return 'was not read';
  return access
    .map(({ scheme, id, perms }) => {
      const may = LETTERS.filter((_, bit) => (perms & (1 << bit)) !== 0).join('');
      return `${scheme}:${id}:${['c', 'd', 'r', 'w', 'a'].filter((one) => may.includes(one)).join('')}`;
    })
    .join(', ');
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="flex min-w-0 gap-2">
      <dt className="text-muted">{label}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
