/** What was typed makes no sense. It is told with how it would. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly usage: string;

  constructor(says: string, usage: string) {
    super(says);
    this.usage = usage;
  }
}

/** Why a command could not do what it was to do, in one sentence. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** Help was asked for, which is no mistake. */
export class HelpWanted extends Error {
  override readonly name = 'HelpWanted';
  readonly usage: string;

  constructor(usage: string) {
    super('');
    this.usage = usage;
  }
}

/** One sentence for anything thrown: drizzle has the reason behind its statement. */
export function inWords(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  // Node tries several addresses, and says nothing itself.
  const first = cause instanceof AggregateError ? (cause.errors[0] ?? cause) : cause;
  const text = first instanceof Error && first.message !== '' ? first.message : String(first);
  return `${text.trim().replace(/\.$/, '')}.`;
}
