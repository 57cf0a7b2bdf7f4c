import type { OperationKind } from '@/lib/operations/wish';

/** What each operation is called where it is chosen; the dots say that it is decided on first. */
export const operationWords: Readonly<Record<OperationKind, string>> = {
  switchover: 'Switchover',
  'cancel-switchover': 'Cancel the switchover',
  failover: 'Force a failover',
  restart: 'Restart PostgreSQL',
  'cancel-restart': 'Cancel the restart',
  reload: 'Reload',
  reinitialise: 'Reinitialise',
  pause: 'Pause',
  resume: 'Resume',
  configuration: 'Change the configuration',
  removal: 'Remove from ZooKeeper',
};

/** The head of its dialog. */
export function dialogTitle(kind: OperationKind, name: string): string {
  switch (kind) {
    case 'switchover':
      return `Switch ${name} over`;
    case 'cancel-switchover':
      return `Cancel the switchover of ${name}`;
    case 'failover':
      return `Force ${name} to fail over`;
    case 'restart':
      return `Restart PostgreSQL of ${name}`;
    case 'cancel-restart':
      return `Cancel a restart of ${name}`;
    case 'reload':
      return `Reload members of ${name}`;
    case 'reinitialise':
      return `Reinitialise a member of ${name}`;
    case 'pause':
      return `Pause ${name}`;
    case 'resume':
      return `Resume ${name}`;
    case 'configuration':
      return `Write the configuration of ${name}`;
    case 'removal':
      return `Remove ${name} from ZooKeeper`;
  }
}
