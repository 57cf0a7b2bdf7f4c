/** A failure of the sandbox that a person can act on: one sentence, with the remedy where there is one. */
export class SandboxError extends Error {
  override readonly name = 'SandboxError';
}

/** @returns the message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
