import { z } from 'zod';
import type { Anchor } from './chain';

const shape = z.object({
  chain: z.string().min(1),
  seq: z.number().int().positive(),
  hash: z.string().min(1),
  at: z.number(),
  store: z.string(),
});

/** Below Howdah's root in ZooKeeper: a znode for each chain, called by its id. */
export const anchorFolder = (root: string): string => `${root === '/' ? '' : root}/audit`;

export const anchorText = ({ chain, seq, hash, at, store }: Anchor): string =>
  JSON.stringify({ chain, seq, hash, at, store });

/** Null: it is none of ours. */
export function anchorOf(text: string): Anchor | null {
  try {
    const read = shape.safeParse(JSON.parse(text));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}
