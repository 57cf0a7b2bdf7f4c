import type { Health } from '../topology/view';
import { formatBytes } from '../units';
import type { Incident } from './incident';
import { sourceOf } from './kinds';
import type { Replay } from './replay';
import { spansOf } from './spans';

const WIDTH = 900;
const LEFT = 110;
const RIGHT = 20;
const LAG = { top: 150, height: 110 };
const HEIGHT = 300;

// On paper: it travels without the page's themes.
const colours: Readonly<Record<Health, string>> = {
  good: '#bfe3d3',
  attention: '#f6c667',
  critical: '#e0596a',
  unknown: '#c9d0d8',
};
const lines = ['#2f5fd0', '#b4540a', '#007a69', '#a83279', '#6a6d00', '#7a5544'];
const lanes = { zookeeper: 78, postgresql: 100, howdah: 122 } as const;

/** An incident on one axis of time, as SVG: health, leader, who said what, and lag. */
export function incidentPicture(replay: Replay, { from, until, events }: Incident): string {
  const margin = Math.max(2000, (until - from) * 0.1);
  const [start, end] = [
    Math.max(replay.from, from - margin),
    Math.min(replay.until, until + margin),
  ];
  const x = (at: number) =>
    round(
      LEFT +
        ((WIDTH - LEFT - RIGHT) * (Math.max(start, Math.min(end, at)) - start)) / (end - start),
    );
  const spans = spansOf(replay).filter((span) => span.from < end && span.until > start);
  const health = spans.map(
    (span) =>
      `<rect x="${x(span.from)}" y="14" width="${round(x(span.until) - x(span.from))}" height="18" fill="${colours[span.health]}"><title>${span.health}</title></rect>`,
  );
  const leaderships = spans.filter(
    (span, n) => n === 0 || span.leader !== spans[n - 1]?.leader || span.is !== spans[n - 1]?.is,
  );
  const leaders = leaderships.map((span, n) => {
    const at = x(span.from);
    const name = span.is === 'known' ? (span.leader ?? 'none') : 'not known';
    // Names must not stand on each other: what has no room is told by the list.
    const room = (leaderships[n + 1] ? x(leaderships[n + 1]?.from ?? end) : WIDTH) - at;
    const label = room > name.length * 8 ? `<text x="${at + 4}" y="52">${text(name)}</text>` : '';
    return `<g><title>${text(name)}</title><line x1="${at}" x2="${at}" y1="38" y2="58" stroke="#12161b"/>${label}</g>`;
  });
  const ticks = events.map(({ at, code, says }) => {
    const y = lanes[sourceOf(code)];
    return `<circle cx="${x(at)}" cy="${y}" r="3.5" fill="#2448b8"><title>${text(says)}</title></circle>`;
  });
  const labels = [
    ['Health', 28],
    ['Leader', 52],
    ['ZooKeeper', lanes.zookeeper + 4],
    ['PostgreSQL', lanes.postgresql + 4],
    ['Howdah', lanes.howdah + 4],
    ['Replay lag', LAG.top + 12],
  ].map(([label, y]) => `<text x="8" y="${y}" fill="#48515c">${label}</text>`);
  const clock = (at: number) => new Date(at).toISOString().slice(11, 19);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="sans-serif" font-size="12">
<rect width="${WIDTH}" height="${HEIGHT}" fill="#ffffff"/>
${[...labels, ...health, ...leaders, ...ticks, ...lagLines(replay, { start, end, x })].join('\n')}
<text x="${LEFT}" y="${HEIGHT - 10}" fill="#48515c">${clock(start)} UTC</text>
<text x="${WIDTH - RIGHT}" y="${HEIGHT - 10}" fill="#48515c" text-anchor="end">${clock(end)} UTC</text>
</svg>`;
}

function lagLines(
  { lag }: Replay,
  { start, end, x }: { start: number; end: number; x: (at: number) => number },
): string[] {
  const shown = lag.map(({ member, at, width, figures }) => ({
    member,
    points: at.flatMap((moment, n) =>
      moment < start || moment > end
        ? []
        : [{ at: moment, width: width[n] ?? 0, bytes: figures.replay[n] ?? null }],
    ),
  }));
  const top = Math.max(1, ...shown.flatMap(({ points }) => points.map(({ bytes }) => bytes ?? 0)));
  const y = (bytes: number) => round(LAG.top + LAG.height * (1 - bytes / top));
  const drawn = shown.slice(0, lines.length).flatMap(({ member, points }, n) => {
    // A gap is a gap: the line is taken up anew behind it.
    let path = '';
    let last: number | null = null;
    for (const { at, width, bytes } of points) {
      if (bytes === null) {
        last = null;
        continue;
      }
      const joined = last !== null && at - last <= Math.max(width, 1000) * 3;
      path += `${joined ? 'L' : 'M'}${x(at)} ${y(bytes)}`;
      last = at;
    }
    const line = `<path d="${path}" fill="none" stroke="${lines[n]}" stroke-width="1.5"/>`;
    const name = `<text x="8" y="${LAG.top + 30 + n * 15}" fill="${lines[n]}">${text(member)}</text>`;
    return path === '' ? [] : [line, name];
  });
  return [
    `<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(0)}" y2="${y(0)}" stroke="#7d8793"/>`,
    `<text x="${WIDTH - RIGHT}" y="${LAG.top - 4}" text-anchor="end" fill="#48515c">${drawn.length === 0 ? 'not kept' : `highest ${formatBytes(top === 1 ? 0 : top)}`}</text>`,
    ...drawn,
  ];
}

const round = (value: number): number => Math.round(value * 10) / 10;

const text = (raw: string): string =>
  raw
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
