/** What the way in offers. */
export interface Ways {
  /** What the provider is called; null: there is none. */
  readonly provider: string | null;
  /** Whether accounts can be asked. */
  readonly ready: boolean;
}

export const NOT_REACHED = 'Howdah can’t be reached: nothing was asked of it. Try again.';

/** @throws Error with one sentence for who asked. */
export async function askWays(signal: AbortSignal): Promise<Ways> {
  const answer = await fetch('/api/auth/options', { signal });
  if (!answer.ok) throw new Error(NOT_REACHED);
  return (await answer.json()) as Ways;
}

/** Asks for one of the ways in. @throws Error with one sentence for who asked. */
export async function askIn(
  way: 'sign-in' | 'emergency' | 'provider',
  body: Readonly<Record<string, string>>,
): Promise<unknown> {
  let answer: Response;
  try {
    answer = await fetch(`/api/auth/${way}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error(NOT_REACHED);
  }
  const said = (await answer.json().catch(() => null)) as { message?: unknown } | null;
  if (answer.ok) return said;
  throw new Error(
    typeof said?.message === 'string' ? said.message : `Howdah answered ${answer.status}.`,
  );
}
