/** Every way a request to Howdah can fail, and what a caller should make of it. */
export const failureCodes = {
  'bad-input': { http: 400, trpc: 'BAD_REQUEST' },
  /** Nobody is known to be asking. */
  'signed-out': { http: 401, trpc: 'UNAUTHORIZED' },
  /** It takes a role that they don't have. */
  forbidden: { http: 403, trpc: 'FORBIDDEN' },
  /** Too often in too short a time. */
  limited: { http: 429, trpc: 'TOO_MANY_REQUESTS' },
  'not-found': { http: 404, trpc: 'NOT_FOUND' },
  /** What the operator decided on is no longer so. */
  moved: { http: 409, trpc: 'CONFLICT' },
  /** Another operation holds this cluster's turn. */
  busy: { http: 409, trpc: 'CONFLICT' },
  /** A rule of the preflight forbids it. */
  refused: { http: 412, trpc: 'PRECONDITION_FAILED' },
  /** ZooKeeper can't be reached, so nothing can be recorded and nothing is done. */
  unavailable: { http: 503, trpc: 'SERVICE_UNAVAILABLE' },
  internal: { http: 500, trpc: 'INTERNAL_SERVER_ERROR' },
} as const;

export type FailureCode = keyof typeof failureCodes;

/** A failure with one sentence for the person who asked. */
export class Failure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, says: string, cause?: unknown) {
    super(says, cause === undefined ? undefined : { cause });
    this.name = 'Failure';
    this.code = code;
  }
}

/** What a call on ZooKeeper can end in, beside success. */
export type ZooKeeperErrorCode =
  | 'no-node'
  | 'exists'
  | 'bad-version'
  | 'not-empty'
  | 'no-auth'
  | 'connection'
  | 'closed'
  | 'too-large'
  | 'other';

/** A failed call on ZooKeeper, in a closed vocabulary. */
export class ZooKeeperError extends Error {
  readonly code: ZooKeeperErrorCode;

  constructor(code: ZooKeeperErrorCode, message: string) {
    super(message);
    this.name = 'ZooKeeperError';
    this.code = code;
  }
}

/** True for a ZooKeeper error of that kind. */
export function isZooKeeperError(error: unknown, code: ZooKeeperErrorCode): boolean {
  return error instanceof ZooKeeperError && error.code === code;
}
