/** As tRPC tells of an answer, or of there being none. */
interface Told {
  readonly message: string;
}

/** By which code an answer of Howdah has failed; null: there was none. */
export function failureOf(error: unknown): string | null {
  const failure = (error as { data?: { failure?: unknown } | null } | null)?.data?.failure;
  return typeof failure === 'string' ? failure : null;
}

/** Whether an answer of Howdah says that nobody is signed in. No answer at all says no such thing. */
export const saysSignedOut = (error: unknown): boolean => failureOf(error) === 'signed-out';

/** Why something can't be shown. */
export function whyNotShown(error: Told): string {
  const failure = failureOf(error);
  if (failure === null) return 'Howdah can’t be reached.';
  return failure === 'unavailable'
    ? `That can’t be asked for now: ${sentence(error.message)}`
    : sentence(error.message);
}

/** Why something was not done; without an answer, that it isn't known whether it was. */
export function whyNotDone(error: Told): string {
  if (failureOf(error) !== null) return sentence(error.message);
  return 'Howdah has not answered, so it is not known whether that was done: look before you try again.';
}

const sentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);
