export { attachSandbox, endSandbox } from './attach';
export { SandboxError } from './errors';
export type { FarmServer } from './farm-server';
export { freePort } from './free-port';
export { SandboxHaproxy, type StartHaproxyOptions, startHaproxy } from './haproxy';
export type { HaproxyRouting } from './haproxy-state';
export {
  type Beat,
  HEARTBEAT_AGE,
  type Heartbeat,
  type HeartbeatOptions,
  startHeartbeat,
} from './heartbeat';
export type { LoadOptions } from './load';
export { type MuteServer, startMuteServer } from './mute-server';
export { type OidcOptions, OidcProvider, type OidcUser, startOidcProvider } from './oidc-provider';
export type { TokenFault } from './oidc-tokens';
export type { ClusterOptions, Profile, SandboxOptions } from './options';
export type { PatroniCluster } from './patroni-cluster';
export type { PatroniMember, PatroniReport, Row } from './patroni-member';
export { findPlatform } from './platform';
export {
  type FarmCluster,
  type PostgresFarm,
  type PostgresFarmOptions,
  startPostgresFarm,
} from './postgres-farm';
export type { ProcessId } from './proc';
export { processesOf } from './proc';
export {
  type Read,
  type ReadClients,
  type ReadOptions,
  readOnce,
  startFreshReads,
  startHeldReads,
} from './read-clients';
export {
  absentClusters,
  asRegistered,
  type RegisteredCluster,
  type Registration,
  register,
} from './registration';
export type { RestAnswer, RestRequest } from './rest';
export { RoutingAgent, type RoutingAgentOptions, routingAgent } from './routing-agent';
export type { Sandbox } from './sandbox';
export type { SessionInfo } from './sessions';
export { type SignedIn, signedIn } from './signed-in';
export { startSandbox } from './start';
export type { Credential } from './state';
export type { MemberStatus, SandboxStatus } from './status';
export {
  type Synthetic,
  type SyntheticOptions,
  type SyntheticStats,
  startSynthetic,
} from './synthetic';
export { type WaitOptions, waitFor } from './wait-for';
export type { ZooKeeperMode, ZooKeeperServer } from './zookeeper-server';
