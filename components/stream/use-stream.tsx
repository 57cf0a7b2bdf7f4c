'use client';

import {
  createContext,
  type ReactNode,
  useCallback,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { Topic } from '@/lib/stream/frames';
import {
  type ClusterState,
  emptyCluster,
  emptyStream,
  type StreamState,
} from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { type Belonging, browserStore } from './browser';
import { type ConnectionView, firstConnection } from './connection';
import type { StreamStore } from './store';

/** What components read: the live state, or in its place a moment of the past. */
export interface StreamReader {
  readonly subscribe: (listener: () => void) => () => void;
  readonly stream: StreamState;
  readonly view: ConnectionView;
  follow(topic: Topic): () => void;
  /** The moment that ages are measured against, where it is not the present. */
  readonly now?: () => number;
}

const StoreContext = createContext<StreamStore | null>(null);
const ReaderContext = createContext<StreamReader | null>(null);

/** The live state, for the build and the session that this page belongs to. */
export function StreamProvider({ build, session, children }: Belonging & { children: ReactNode }) {
  const [held] = useState(() => browserStore({ build, session }));
  useEffect(() => held.start(), [held]);
  return <StoreContext value={held.store}>{children}</StoreContext>;
}

/** Shows what is below it from another reader than the live one. */
export function ReaderProvider({
  reader,
  children,
}: {
  reader: StreamReader;
  children: ReactNode;
}) {
  return <ReaderContext value={reader}>{children}</ReaderContext>;
}

/** The nearest reader: the live store unless told otherwise. */
export function useReader(): StreamReader {
  const store = useStore();
  return useContext(ReaderContext) ?? store;
}

export function useStore(): StreamStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('There is no StreamProvider above this component.');
  return store;
}

/** A part of the stream's state. `pick` must answer the same object while that part is the same. */
export function useStream<T>(pick: (stream: StreamState) => T): T {
  const store = useReader();
  return useSyncExternalStore(
    store.subscribe,
    () => pick(store.stream),
    () => pick(emptyStream),
  );
}

export function useConnection<T>(pick: (view: ConnectionView) => T): T {
  const store = useReader();
  return useSyncExternalStore(
    store.subscribe,
    () => pick(store.view),
    () => pick(firstConnection),
  );
}

export function useCluster<T>(id: ClusterId, pick: (cluster: ClusterState) => T): T {
  return useStream(
    useCallback((stream) => pick(stream.clusters.get(id) ?? emptyCluster), [id, pick]),
  );
}

/** Follows a topic while the component is on the page; null follows nothing. */
export function useFollow(topic: Topic | null): void {
  const store = useReader();
  useEffect(() => (topic === null ? undefined : store.follow(topic)), [store, topic]);
}
