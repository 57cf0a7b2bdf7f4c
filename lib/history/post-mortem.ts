import type { Cause } from '../topology/event';
import { formatBytes, formatDuration } from '../units';
import type { Incident } from './incident';
import { incidentPicture } from './incident-picture';
import { type Source, sourceOf } from './kinds';
import type { Replay } from './replay';

export const causeWords: Readonly<Record<Cause, string>> = {
  automatic: 'automatic: nobody had asked for it',
  request: 'asked for, or written, by somebody else or another Howdah',
  howdah: 'an operation of Howdah',
  unwatched: 'not known: no Howdah watched',
};

export const sourceWords: Readonly<Record<Source, string>> = {
  zookeeper: 'ZooKeeper',
  postgresql: 'PostgreSQL',
  howdah: 'Howdah',
};

/** The story of an incident in Markdown, to be finished by a person. Times are UTC. */
export function postMortem(
  cluster: {
    readonly name: string;
    readonly ensemble: string;
    readonly namespace: string;
    readonly more?: boolean;
  },
  incident: Incident,
  replay: Replay,
): string {
  const { from, until, end, events } = incident;
  const picture = `data:image/svg+xml;base64,${base64(incidentPicture(replay, incident))}`;
  const recovered = {
    recovered: `${utc(until)} UTC, after ${formatDuration(until - from)}`,
    beyond: `not by ${utc(until)} UTC, as far as was looked at`,
    unknown: `not known: nothing is known of the time after ${utc(until)} UTC`,
  }[end];
  return `# ${escaped(cluster.name)}: ${escaped(title(incident))}, ${utc(from).slice(0, 16)} UTC

${list([
  ['Cluster', `${cluster.name} (${cluster.ensemble}, ${cluster.namespace})`],
  ['First sign', `${utc(from)} UTC`],
  ['Recovered', recovered],
  ...figures(incident),
])}

![Health, leader, what was said by whom, and lag](${picture})

## What happened

| UTC | After | Said by | What |
|---|---|---|---|
${events
  .map(({ at, code, says, written }) => {
    const own = written ? ` (written ${utc(written.at).slice(11)}, zxid ${written.zxid})` : '';
    return `| ${utc(at).slice(11)} | ${formatDuration(at - from)} | ${sourceWords[sourceOf(code)]} | ${escaped(says)}${own} |`;
  })
  .join('\n')}

${cluster.more ? 'The beginning is missing here: more has happened than was looked at. See the timeline.\n\n' : ''}${gaps(replay, incident)}## Why it happened

## What we do about it
`;
}

/** "lost its leader pg-a and got pg-b": what a heading says. */
export function title({ leaders, worst }: Incident): string {
  const named = leaders.filter((name) => name !== null);
  const led = named.filter((name, n) => name !== named[n - 1]);
  if (led.length > MOST_NAMED) {
    return `leadership moved ${led.length - 1} times, from ${led[0]} to ${led.at(-1)}`;
  }
  if (led.length > 1) return `leadership moved from ${led.join(' to ')}`;
  if (leaders.includes(null)) {
    return led[0] === undefined ? 'no leader' : `${led[0]} lost the leadership for a while`;
  }
  return worst === 'critical' ? 'a critical problem' : 'a problem';
}

/** More leaders than these are counted, not named. */
const MOST_NAMED = 4;

/** What was measured, as pairs of a label and words. */
export function figures(incident: Incident): [string, string][] {
  const { leaders, leaderlessMs, outages, timelines, furthest, cause } = incident;
  const moved = leaders.length > 1;
  return [
    ...pair(moved, 'Leader', () => leaders.map((name) => name ?? 'none').join(' → ')),
    ...pair(cause !== null, 'Cause', () => (cause === null ? '' : causeWords[cause])),
    ...pair(leaderlessMs > 0, 'Without a leader', () => formatDuration(leaderlessMs)),
    ...outages.map(({ from, to, startedAt, endedAt }): [string, string] => [
      'No writes',
      `for at most ${formatDuration(endedAt - startedAt)} (${from} to ${to})`,
    ]),
    ...pair(timelines.length > 1, 'Timeline', () => timelines.join(' → ')),
    ...pair(furthest !== null, 'Furthest behind', () =>
      furthest === null ? '' : `${furthest.member}, ${formatBytes(furthest.bytes)}`,
    ),
  ];
}

function pair(when: boolean, label: string, words: () => string): [string, string][] {
  return when ? [[label, words()]] : [];
}

function list(rows: readonly (readonly [string, string])[]): string {
  return rows.map(([label, words]) => `- **${label}:** ${escaped(words)}`).join('\n');
}

function gaps({ gaps: missing }: Replay, { from, until }: Incident): string {
  const mine = missing.filter((gap) => gap.from <= until && gap.until >= from);
  if (mine.length === 0) return '';
  const lines = mine.map(
    (gap) => `- ${utc(gap.from)} to ${utc(gap.until)}: ${gap.lost} records were lost.`,
  );
  return `## What is not known\n\n${lines.join('\n')}\n\n`;
}

const utc = (at: number): string => new Date(at).toISOString().slice(0, 23).replace('T', ' ');

/** Markdown's own marks, and what would break a table. */
const escaped = (text: string): string =>
  text.replaceAll(/([\\`*_[\]<>|])/g, '\\$1').replaceAll(/\s+/g, ' ');

function base64(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
