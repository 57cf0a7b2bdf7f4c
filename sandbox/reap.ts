import { removeSandbox } from './cleanup';
import { readState } from './state';

/** Removes an ephemeral sandbox whose owner is gone, unless another has taken its folder since. */
export async function reap(root: string, instance: string): Promise<void> {
  const state = readState(root);
  if (state?.instance === instance) await removeSandbox(root);
}
