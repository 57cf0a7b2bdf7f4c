'use client';

import dynamic from 'next/dynamic';
import { useRouter } from 'next/navigation';
import { useCallback, useSyncExternalStore } from 'react';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Skeleton } from '@/components/ui/skeleton';
import { useShortcut } from './shortcuts';

/** Fetched when it is first opened: the first page does not need it. */
const Palette = dynamic(() => import('./palette').then((m) => m.Palette), {
  ssr: false,
  loading: () => <Skeleton className="m-3 h-8" />,
});

/** Open or not, outside React: the button that opens it stands elsewhere. */
const listeners = new Set<() => void>();
let open = false;

function setOpen(next: boolean): void {
  open = next;
  for (const listener of listeners) listener();
}

export const openPalette = (): void => setOpen(true);
const close = (): void => setOpen(false);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** Ctrl/Cmd-K: every cluster, every member that is known, every command. */
export function CommandPalette() {
  const isOpen = useSyncExternalStore(
    subscribe,
    () => open,
    () => false,
  );
  useShortcut('mod+k', openPalette);
  const router = useRouter();
  useShortcut(
    'f',
    useCallback(() => router.push('/'), [router]),
  );
  useShortcut(
    't',
    useCallback(() => router.push('/timeline'), [router]),
  );
  useShortcut(
    'r',
    useCallback(() => router.push('/reliability'), [router]),
  );
  useShortcut(
    'z',
    useCallback(() => router.push('/zookeeper'), [router]),
  );
  return (
    <Dialog open={isOpen} onOpenChange={setOpen}>
      <DialogContent title="Search and commands" hideTitle className="top-[8vh]">
        <DialogDescription className="sr-only">
          Type the name of a cluster, a member or a command.
        </DialogDescription>
        <Palette onDone={close} />
      </DialogContent>
    </Dialog>
  );
}
