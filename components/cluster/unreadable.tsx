import { Panel } from '@/components/ui/panel';
import { StateIcon } from '@/components/ui/state-icon';
import type { UnreadableView } from '@/lib/topology/view';
import { formatBytes } from '@/lib/units';

/** Znodes that hold something nobody could make sense of: shown, never dropped. */
export function Unreadable({ znodes }: { znodes: readonly UnreadableView[] }) {
  if (znodes.length === 0) return null;
  return (
    <Panel id="unreadable" title={`Unreadable znodes (${znodes.length})`}>
      <ul className="divide-y divide-line">
        {znodes.map((znode) => (
          <li key={znode.path} className="px-4 py-3">
            <p className="flex items-center gap-2">
              <StateIcon state="unknown" mute />
              <span className="min-w-0 font-mono text-sm font-medium">{znode.path}</span>
            </p>
            <p className="mt-1 text-muted">
              {znode.why} It holds {formatBytes(znode.bytes)}, beginning:
            </p>
            <pre className="mt-1 rounded-md border border-line bg-sunken p-2 font-mono text-xs break-all whitespace-pre-wrap">
              {znode.preview}
            </pre>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
