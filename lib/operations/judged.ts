import type { Preflight } from './types';

/** What a judgement adds to what every preflight has. */
export type Judged = Omit<Preflight, 'cluster' | 'clusterName' | 'kind' | 'seen'> & {
  readonly lossBytes?: number | null;
};

export const plain = {
  members: [],
  suggested: null,
  preview: [],
  danger: 'none',
  phrase: null,
  expectedOutageMs: null,
} as const;
