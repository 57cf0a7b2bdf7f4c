'use client';

import { usePathname } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { seesNothing } from '@/components/account/may';
import { useAccount } from '@/components/account/use-account';
import { useStore } from '@/components/stream/use-stream';
import { type Heard, hear, nothingHeard } from './announcements';

/** Between two announcements at least this long: a failover must not become a litany. */
const PAUSE_MS = 5_000;
const LISTEN_MS = 1_000;

/** Says to screen readers, rarely and politely, what changed that matters. */
export function Announcer() {
  const store = useStore();
  const path = usePathname();
  // Whoever may see nothing is refused the stream, and has lost nothing by it.
  const nothing = seesNothing(useAccount());
  const [says, setSays] = useState('');
  const heard = useRef<Heard>(nothingHeard);

  useEffect(() => {
    const id = path.startsWith('/cluster/') ? path.slice('/cluster/'.length) : null;
    let queue: string[] = [];
    let timer: ReturnType<typeof setTimeout> | null = null;
    const speak = (): void => {
      setSays(queue.join('. '));
      queue = [];
      timer = setTimeout(() => {
        timer = null;
        if (queue.length > 0) speak();
      }, PAUSE_MS);
    };
    let asked: ReturnType<typeof setTimeout> | null = null;
    const listen = (): void => {
      asked = null;
      const { now, news } = hear(heard.current, store.stream, {
        phase: nothing ? 'paused' : store.view.phase,
        followed: id,
      });
      heard.current = now;
      queue.push(...news);
      if (queue.length > 0 && timer === null) speak();
    };
    // What comes and goes within a second is not worth a sentence.
    const stop = store.subscribe(() => {
      asked ??= setTimeout(listen, LISTEN_MS);
    });
    return () => {
      stop();
      if (timer !== null) clearTimeout(timer);
      if (asked !== null) clearTimeout(asked);
    };
  }, [store, path, nothing]);

  return (
    <div aria-live="polite" className="sr-only" data-testid="announcer">
      {says}
    </div>
  );
}
