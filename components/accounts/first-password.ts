/** Without those that are taken for one another when read out. */
const LETTERS = 'abcdefghjkmnpqrstuvwxyz23456789';

/** "k7dpq-m2xwa-…": told to somebody once, and changed by them at their first sign-in. */
export function makeFirstPassword(random = randomNumbers): string {
  const letters = random(20).map((n) => LETTERS[n % LETTERS.length]);
  return [0, 5, 10, 15].map((at) => letters.slice(at, at + 5).join('')).join('-');
}

/** Of 32 bits each: what is left over by the alphabet's size is then nothing to speak of. */
const randomNumbers = (count: number): number[] => [
  ...crypto.getRandomValues(new Uint32Array(count)),
];
