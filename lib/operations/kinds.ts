/**
 * What an operator can do to a cluster. Apart from the shape of each: pages need these, and not what
 * checks that shape, which the policy of the pages would not let run as it likes to.
 */
export const operationKinds = [
  'switchover',
  'cancel-switchover',
  'failover',
  'restart',
  'cancel-restart',
  'reload',
  'reinitialise',
  'pause',
  'resume',
  'configuration',
  'removal',
] as const;

export type OperationKind = (typeof operationKinds)[number];
