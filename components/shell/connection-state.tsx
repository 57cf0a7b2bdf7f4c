'use client';

import { seesNothing } from '@/components/account/may';
import { useAccount } from '@/components/account/use-account';
import { useLocalNow } from '@/components/stream/clock';
import type { Phase } from '@/components/stream/connection';
import { exactMoment, wholeSeconds } from '@/components/stream/moment';
import { useConnection, useStore } from '@/components/stream/use-stream';
import { type State, StateIcon } from '@/components/ui/state-icon';

const looks: Record<Phase, { state: State; word: string }> = {
  connecting: { state: 'unknown', word: 'Connecting' },
  live: { state: 'good', word: 'Live' },
  mending: { state: 'unknown', word: 'Reconnecting' },
  lost: { state: 'critical', word: 'Disconnected' },
  paused: { state: 'unknown', word: 'Paused' },
};

/** Whether the page hears Howdah, and how old the newest word from it is. */
export function ConnectionState() {
  const phase = useConnection((view) => view.phase);
  const store = useStore();
  // Read as the second turns: it is newer with every frame, and that alone renders nothing.
  const now = useLocalNow();
  const { lastFrameAt } = store.view;
  // Whoever may see nothing is refused the stream, and nothing is wrong with it.
  const nothing = seesNothing(useAccount());
  const { state, word } = looks[phase];
  const age = lastFrameAt === null || now === 0 ? null : Math.max(0, now - lastFrameAt);
  const text = age === null ? null : wholeSeconds(age);
  if (nothing) return null;
  return (
    <div
      data-testid="connection"
      data-phase={phase}
      className="flex items-center gap-1.5 text-sm"
      title={
        lastFrameAt === null
          ? 'Nothing was heard from Howdah yet'
          : `Last heard from Howdah: ${exactMoment(lastFrameAt)}`
      }
    >
      <StateIcon state={state} mute />
      <span className="sr-only md:not-sr-only">{word}</span>
      {text !== null && (
        <span className="min-w-9 text-muted">
          <span className="sr-only">, last heard </span>
          {text}
          <span className="sr-only"> ago</span>
        </span>
      )}
    </div>
  );
}
