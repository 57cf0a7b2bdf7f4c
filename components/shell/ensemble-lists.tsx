import { cn } from '@/components/ui/cn';
import { StateIcon } from '@/components/ui/state-icon';
import type { EnsembleView } from '@/lib/stream/frames';
import { serverWords } from './ensemble';

interface ListProps {
  readonly ensemble: EnsembleView;
  readonly className: string;
}

/** Each server of an ensemble, with what it says of itself. */
export function ServerList({ ensemble, className }: ListProps) {
  return (
    <ul className={cn('divide-y divide-line', className)}>
      {ensemble.servers.map((server) => {
        const { state, word } = serverWords[server.mode];
        return (
          <li key={server.address} className="flex items-center justify-between gap-3 py-1.5">
            <span className="min-w-0 truncate font-mono" title={server.address}>
              {server.address}
            </span>
            <span className="flex shrink-0 items-center gap-1.5">
              <StateIcon state={state} mute />
              {word}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

/** Each namespace that is looked into, and whether it is there. */
export function NamespaceList({ ensemble, className }: ListProps) {
  return (
    <ul className={className}>
      {ensemble.namespaces.map(({ path, exists }) => (
        <li key={path} className="flex justify-between gap-3 py-0.5">
          <span className="min-w-0 truncate font-mono" title={path}>
            {path}
          </span>
          <span className="shrink-0 text-muted">
            {exists === null ? 'not read yet' : exists ? 'watched' : 'does not exist yet'}
          </span>
        </li>
      ))}
    </ul>
  );
}
