'use client';

import { exactMoment, moment } from '@/components/stream/moment';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import type { KeptVersion } from '@/lib/history/znode-version';

/** Newest first; one is looked at, another is what it is compared with. */
export function VersionList({
  versions,
  chosen,
  before,
  onPick,
  onCompare,
  more,
  onMore,
}: {
  versions: readonly KeptVersion[];
  chosen: KeptVersion;
  before: KeptVersion | null;
  onPick: (seq: number) => void;
  onCompare: (seq: number) => void;
  more: boolean;
  onMore: () => void;
}) {
  return (
    <>
      <ol
        className="max-h-64 lg:max-h-[36rem] divide-y divide-line overflow-y-auto"
        aria-label="Versions"
      >
        {versions.map((version, n) => (
          <li
            key={version.seq}
            data-testid="version"
            className={cn(
              'flex items-start gap-2 px-2 py-1',
              version === chosen && 'bg-accent-soft',
            )}
          >
            <button
              type="button"
              aria-current={version === chosen}
              onClick={() => onPick(version.seq)}
              className="min-w-0 flex-1 rounded-md px-2 py-1 text-left hover:bg-sunken"
            >
              <span className="flex flex-wrap items-baseline gap-x-2">
                <span className="font-medium">
                  {version.znode === null ? 'gone' : `version ${version.znode.stat.version}`}
                </span>
                {n === 0 && <span className="text-xs text-muted">as it is now</span>}
              </span>
              <span className="block text-sm text-muted" title={exactMoment(writtenAt(version))}>
                {moment(writtenAt(version))}
              </span>
              {version.skipped > 0 && (
                <span className="block text-xs text-muted">
                  {version.skipped} before it came and went between two reads
                </span>
              )}
            </button>
            {version !== chosen && (
              <Button
                size="sm"
                tone="quiet"
                aria-pressed={version === before}
                onClick={() => onCompare(version.seq)}
              >
                {version === before ? 'Compared' : 'Compare'}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {more && (
        <div className="border-t border-line p-2">
          <Button size="sm" tone="quiet" onClick={onMore}>
            Show earlier
          </Button>
        </div>
      )}
    </>
  );
}

/** By the ensemble's clock, where it has told; else when Howdah saw it. */
export function writtenAt({ znode, at }: KeptVersion): number {
  return znode?.stat.mtime ?? at;
}
