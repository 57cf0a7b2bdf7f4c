/**
 * A client for ZooKeeper: sessions that outlive their connections, one-shot watches, reads and
 * writes by exact version. It needs nothing of Howdah but its words for errors and stats. Neither
 * TLS nor SASL.
 */
export { type EnsembleAddress, parseConnect, type ServerAddress } from './addresses';
export { openConnected } from './open-connected';
export { type Version, versionOf } from './protocol';
export { openSession } from './session';
export type {
  Children,
  CreateOptions,
  Guarded,
  SessionListener,
  SessionOptions,
  Znode,
  ZooKeeperSession,
} from './types';
