import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** How a Howdah on a sandbox knows who asks, and how one asks so that it does. */
export interface SignedIn {
  readonly env: { readonly HOWDAH_EMERGENCY_TOKEN_FILE: string };
  readonly headers: { readonly authorization: string };
}

/** By a token in a file of that folder, which is made where there is none: it may do everything. */
export function signedIn(folder: string): SignedIn {
  const file = join(folder, 'emergency-token');
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  const token = readFileSync(file, 'utf8');
  return {
    env: { HOWDAH_EMERGENCY_TOKEN_FILE: file },
    headers: { authorization: `Bearer ${token}` },
  };
}
