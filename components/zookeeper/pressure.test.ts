import { describe, expect, it } from 'vitest';
import { ensemble } from '@/components/stream/example-frames';
import type { AggregatorView, LaneView } from '@/lib/stream/frames';
import { pressureOf } from './pressure';
import { formatCoalescing, formatRate } from './words';

const lane = (part: Partial<LaneView> = {}): LaneView => ({
  lane: 'changes',
  dirty: 0,
  inFlight: 0,
  readsPerSecond: 0,
  budgetPerSecond: 1000,
  windowMs: 250,
  ...part,
});
const NOW = 100_000;
const word = (part: Partial<AggregatorView>) =>
  pressureOf(ensemble({ aggregator: { ...ensemble().aggregator, ...part } }), NOW).word;

describe('the pressure on an ensemble', () => {
  it('is calm while what changes is read as it comes', () =>
    expect(word({ lanes: [lane({ readsPerSecond: 300 })] })).toBe('calm'));
  it('is busy from half of a budget on', () =>
    expect(word({ lanes: [lane({ readsPerSecond: 500 })] })).toBe('busy'));
  it('is busy while everything is read again', () =>
    expect(word({ lanes: [lane({ lane: 'resync', dirty: 9, budgetPerSecond: null })] })).toBe(
      'busy',
    ));
  it('is busy while the window is stretched', () =>
    expect(word({ lanes: [lane({ windowMs: 900 })] })).toBe('busy'));
  it('is behind when a change waits longer than it was meant to', () => {
    const oldest = { path: '/service/a', since: NOW - 1500 };
    expect(word({ lanes: [lane()], oldest })).toBe('behind');
    expect(word({ lanes: [lane({ windowMs: 1400 })], oldest })).toBe('busy');
  });
  it('is not known while the ensemble is away', () =>
    expect(pressureOf(ensemble({ state: 'disconnected' }), NOW).word).toBe('unknown'));
});

describe('a rate', () => {
  it.each([
    [0, '0'],
    [0.04, '< 0.1'],
    [3.14, '3.1'],
    [12.4, '12'],
    [1234.5, '1,235'],
  ])('of %d reads %s', (rate, text) => expect(formatRate(rate)).toBe(text));
  it('of events to reads is "none" where nothing was read', () => {
    expect(formatCoalescing(null)).toBe('none');
    expect(formatCoalescing(4.21)).toBe('4.2');
    expect(formatCoalescing(36.6)).toBe('37');
  });
});
