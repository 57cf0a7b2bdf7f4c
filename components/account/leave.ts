import { signInPath } from './sign-in-path';

let leaving = false;

/** To the way in, and back here from it. By a whole new page: nothing of this one is kept. */
export function leaveToSignIn(): void {
  // Many questions fail at once; one of them is enough.
  if (leaving) return;
  const { pathname, search, hash } = window.location;
  leave(signInPath(`${pathname}${search}${hash}`));
}

/** Signs out, and goes. @throws Error with a sentence, when that could not be done. */
export async function signOut(): Promise<void> {
  const asked = { method: 'POST', headers: json, body: '{}' };
  const answer = await fetch('/api/auth/sign-out', asked).catch(() => {
    throw new Error('Howdah can’t be reached: you are still signed in.');
  });
  if (!answer.ok) throw new Error('Signing out has failed: you are still signed in.');
  leave('/sign-in');
}

function leave(to: string): void {
  leaving = true;
  // Going back must not bring this page back as it was, from the browser's memory.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) window.location.reload();
  });
  window.location.assign(to);
}

const json = { 'content-type': 'application/json' };
