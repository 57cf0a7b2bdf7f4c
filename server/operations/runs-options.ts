import type { OperationView } from '@/lib/operations/types';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterKey } from '@/lib/topology/facts';
import type { ClusterView } from '@/lib/topology/view';
import type { Audit, Clock, ListingAccess, PatroniPort, PatroniSettings } from '../ports';
import type { ConfigurationEdits } from './configuration-edits';
import type { MeasuredWrites } from './measured-writes';
import type { Preflights } from './preflights';

/** What runs are carried out with. */
export interface RunsOptions {
  readonly clock: Clock;
  readonly patroni: PatroniPort;
  /** Howdah's own folder in ZooKeeper. */
  readonly root: string;
  readonly view: (id: ClusterId) => ClusterView | null;
  /** Throws `connection` while that ensemble can't be reached. */
  readonly access: (ensemble: string) => ListingAccess;
  readonly connected: (ensemble: string) => boolean;
  readonly settings: (key: ClusterKey) => PatroniSettings;
  readonly preflights: Preflights;
  readonly edits: ConfigurationEdits;
  readonly writes: MeasuredWrites;
  readonly audit: Pick<Audit, 'end'>;
  /** A run has changed; `says` is set when it is worth a line in the cluster's log. */
  readonly onRun: (view: OperationView, says: string | null) => void;
  /** An error nobody asked for, and nobody else will see. */
  readonly onError: (error: unknown) => void;
}
