import type { EventsPage, Gap } from '@/lib/history/history';
import type { ClusterEvent } from '@/lib/topology/event';

/** One line of the timeline: something that happened, or a time of which that is not known. */
export type Entry =
  | { readonly is: 'event'; readonly key: string; readonly event: ClusterEvent }
  | { readonly is: 'gap'; readonly key: string; readonly gap: Gap };

/** Newest first, each gap where its end belongs, each once though several pages tell of it. */
export function entriesOf(pages: readonly EventsPage[]): readonly Entry[] {
  const gaps = new Map<string, Gap>();
  for (const page of pages) for (const gap of page.gaps) gaps.set(`${gap.from} ${gap.until}`, gap);
  const left = [...gaps].sort(([, a], [, b]) => b.until - a.until);
  const entries: Entry[] = [];
  const tellGapsAfter = (at: number) => {
    while (left[0] && left[0][1].until > at) {
      const [[key, gap]] = left.splice(0, 1) as [[string, Gap]];
      entries.push({ is: 'gap', key, gap });
    }
  };
  for (const event of pages.flatMap((page) => page.events)) {
    tellGapsAfter(event.at);
    entries.push({ is: 'event', key: String(event.seq), event });
  }
  if (!pages.at(-1)?.more) tellGapsAfter(Number.NEGATIVE_INFINITY);
  return entries;
}
