import type { Clock } from '../ports';

const APART_MS = 1000;

/**
 * Figures that move all the time, as JSON with a revision: looked at once a second however many are
 * told, and at once when a change of meaning has made them worth it (`renew`).
 */
export function aSecondApart(clock: Clock, figures: () => unknown) {
  let made = { rev: 0, json: 'null' };
  let at = Number.NEGATIVE_INFINITY;
  return {
    json(): { readonly rev: number; readonly json: string } {
      const now = clock.now();
      if (now - at < APART_MS) return made;
      at = now;
      const json = JSON.stringify(figures());
      if (json !== made.json) made = { rev: made.rev + 1, json };
      return made;
    },
    renew(): void {
      at = Number.NEGATIVE_INFINITY;
    },
  };
}
