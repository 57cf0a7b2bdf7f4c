import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('./globals.css', import.meta.url), 'utf8');

function tokens(selector: string): Record<string, string> {
  const block = css.slice(css.indexOf(`${selector} {`)).split('}')[0] ?? '';
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((m) => [m[1], m[2]]),
  );
}

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const c = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

describe.each([':root', '.dark'])('the tokens of %s', (selector) => {
  const t = tokens(selector);
  const ratio = (fg: string, bg: string) => contrast(t[fg] ?? '#000000', t[bg] ?? '#000000');

  it.each(['canvas', 'surface', 'sunken'])('give figures AAA on %s', (bg) => {
    expect(ratio('ink', bg)).toBeGreaterThanOrEqual(7);
    expect(ratio('ink-muted', bg)).toBeGreaterThanOrEqual(6);
  });

  it.each(['good', 'attention', 'critical', 'unknown', 'past'])(
    'give the state %s AA as text',
    (state) => {
      for (const bg of ['canvas', 'surface', 'sunken', `${state}-soft`]) {
        expect(ratio(state, bg)).toBeGreaterThanOrEqual(4.5);
      }
      expect(ratio('ink', `${state}-soft`)).toBeGreaterThanOrEqual(7);
    },
  );

  it('give the accent AA as text and under its own ink', () => {
    for (const bg of ['canvas', 'surface', 'sunken', 'accent-soft', 'accent-ink']) {
      expect(ratio('accent', bg)).toBeGreaterThanOrEqual(4.5);
    }
    expect(ratio('critical-ink', 'critical')).toBeGreaterThanOrEqual(4.5);
    expect(ratio('ink', 'accent-soft')).toBeGreaterThanOrEqual(7);
  });

  it('give 3:1 to the lines that carry meaning', () => {
    for (let n = 1; n <= 6; n += 1)
      expect(ratio(`series-${n}`, 'surface')).toBeGreaterThanOrEqual(3);
    for (const bg of ['canvas', 'surface', 'sunken']) {
      expect(ratio('line-strong', bg)).toBeGreaterThanOrEqual(3);
    }
  });
});
