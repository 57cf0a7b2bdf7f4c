import { removeSandbox } from './cleanup';
import { SandboxError } from './errors';
import { rootOf } from './options';
import { findPlatform } from './platform';
import { Sandbox } from './sandbox';
import { readState } from './state';

/**
 * Attaches to a sandbox that another program has started.
 * @throws SandboxError when there is none of that name.
 */
export async function attachSandbox(name: string, root = rootOf(name)): Promise<Sandbox> {
  const state = readState(root);
  if (!state) throw new SandboxError(`There is no sandbox "${name}": start it by \`sandbox up\``);
  return new Sandbox(state, findPlatform());
}

/** Ends a sandbox whatever is left of it. @returns how many processes it ended */
export function endSandbox(name: string, root = rootOf(name)): Promise<number> {
  return removeSandbox(root);
}
