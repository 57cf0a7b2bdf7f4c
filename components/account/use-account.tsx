'use client';

import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef } from 'react';
import { useConnection, useStore } from '@/components/stream/use-stream';
import { useTRPC } from '@/components/trpc';
import { useSteady } from '@/components/ui/use-steady';
import { type Need, refusal } from '@/lib/access/who';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { AppRouter } from '@/server/trpc/router';
import { whyNotShown } from './failures';
import { isRefusedAll, mayNot } from './may';

type Told = inferRouterOutputs<AppRouter>['account']['me'];

/** As the server tells it. */
export type Me = Told;

interface Asked {
  /** Null: not known yet, or it can't be told. */
  readonly me: Me | null;
  /** Why it can't be told; null: it can, or is being asked. */
  readonly fault: string | null;
  readonly again: () => void;
}

const Context = createContext<Asked>({ me: null, fault: null, again: () => {} });

/** Roles change, and accounts can be away, without anything of the stream telling so. */
const RENEW_MS = 10_000;
/** The stream does not say why it is refused: until it is back, it is asked here. */
const RENEW_AWAY_MS = 3_000;

/**
 * Who is signed in. Asked again whenever the stream breaks or comes back: it ends when a session
 * does, and begins anew when what somebody may has changed. An answer that nobody is signed in leads
 * to the way in (see `components/trpc.tsx`); no answer leads nowhere.
 */
export function AccountProvider({ children }: { children: ReactNode }) {
  const trpc = useTRPC();
  const phase = useConnection((view) => view.phase);
  const away = phase === 'mending' || phase === 'lost';
  const { data, error, refetch } = useQuery(
    trpc.account.me.queryOptions(undefined, {
      refetchInterval: ({ state }) =>
        away || isRefusedAll(state.data ?? null) ? RENEW_AWAY_MS : RENEW_MS,
      refetchOnReconnect: 'always',
    }),
  );
  const before = useRef(phase);
  useEffect(() => {
    if (before.current === phase) return;
    const opening = before.current === 'connecting' && phase === 'live';
    before.current = phase;
    if (!opening && phase !== 'paused') void refetch();
  }, [phase, refetch]);

  const me = data ?? null;
  useNewSession(me);
  useHold(isRefusedAll(me));
  const known = useSteady({ me, fault: me === null && error ? whyNotShown(error) : null });
  const asked = useMemo(() => ({ ...known, again: () => void refetch() }), [known, refetch]);
  return <Context value={asked}>{children}</Context>;
}

/** Another tab may have signed out, and in again as another: nothing shown here is theirs. */
function useNewSession(me: Me | null): void {
  const first = useRef<string | null>(null);
  const now = me === null ? null : `${me.kind} ${me.id} ${me.session}`;
  useEffect(() => {
    if (now === null) return;
    first.current ??= now;
    if (first.current !== now) window.location.reload();
  }, [now]);
}

/** Until they may see something the stream is not asked for: it would be refused again and again. */
function useHold(refused: boolean): void {
  const { link } = useStore();
  useEffect(() => link.hold(refused), [link, refused]);
}

export const useAsked = (): Asked => useContext(Context);

/** Who is signed in; null while that is not known. */
export const useAccount = (): Me | null => useAsked().me;

/** Why whoever is signed in may not do what takes `need`, in one sentence; null: they may. */
export function useMay(need: Need, cluster: ClusterId | null = null): string | null {
  const { me, fault } = useAsked();
  return mayNot({ need, cluster }, me, fault);
}

/** Whether they may see what takes `need`; not before it is known who they are. */
export function useMaySee(need: Need, cluster: ClusterId | null = null): boolean {
  const me = useAccount();
  return me !== null && refusal(need, me, cluster) === null;
}
