import { openStream } from '../sse';
import { answer, argument } from './answer';

/** Holds every cluster in full, as many connections as that takes: to compare with the truth. */
const { url, ids } = argument<{ url: string; ids: string[] }>();
const TOPICS = 12;

interface View {
  readonly leader: { readonly name: string } | null;
  readonly members: readonly {
    readonly name: string;
    readonly tags: { readonly other: { readonly written?: string } };
  }[];
}

const views = new Map<string, View>();
for (let from = 0; from < ids.length; from += TOPICS) {
  openStream({
    url,
    topics: ids
      .slice(from, from + TOPICS)
      .map((id) => `cluster:${id}`)
      .join(','),
    onEvent: (json) => {
      if (!json.startsWith('{"type":"cluster"')) return;
      const { id, view } = JSON.parse(json) as { id: string; view: View | null };
      if (view) views.set(id, view);
      else views.delete(id);
    },
  });
}

answer({
  shown: () => {
    const stamps: Record<string, string> = {};
    const leaders: Record<string, string> = {};
    for (const [id, { leader, members }] of views) {
      if (leader) leaders[id] = leader.name;
      for (const { name, tags } of members) stamps[name] = tags.other.written ?? '';
    }
    return { stamps, leaders };
  },
});
