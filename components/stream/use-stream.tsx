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
import { browserStore } from './browser';
import { type ConnectionView, firstConnection } from './connection';
import type { StreamStore } from './store';

const StoreContext = createContext<StreamStore | null>(null);

/** `build` is the one this page was made by; null where that can't be told. */
export function StreamProvider({ build, children }: { build: string | null; children: ReactNode }) {
  const [held] = useState(() => browserStore(build));
  useEffect(() => held.start(), [held]);
  return <StoreContext value={held.store}>{children}</StoreContext>;
}

export function useStore(): StreamStore {
  const store = useContext(StoreContext);
  if (store === null) throw new Error('There is no StreamProvider above this component.');
  return store;
}

/** A part of the stream's state. `pick` must answer the same object while that part is the same. */
export function useStream<T>(pick: (stream: StreamState) => T): T {
  const store = useStore();
  return useSyncExternalStore(
    store.subscribe,
    () => pick(store.stream),
    () => pick(emptyStream),
  );
}

export function useConnection<T>(pick: (view: ConnectionView) => T): T {
  const store = useStore();
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
  const store = useStore();
  useEffect(() => (topic === null ? undefined : store.follow(topic)), [store, topic]);
}
