'use client';

import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import { type ReactNode, useState } from 'react';
import { MOST_ADDRESS, MOST_CALLS } from '@/lib/calls';
import type { AppRouter } from '@/server/trpc/router';
import { saysSignedOut } from './account/failures';
import { leaveToSignIn } from './account/leave';

const { TRPCProvider, useTRPC } = createTRPCContext<AppRouter>();

export { useTRPC };

/** Characters; encoded in an address it may be three times as long. */
const LONG_INPUT = 2000;

function onError(error: unknown): void {
  if (saysSignedOut(error)) leaveToSignIn();
}

/** Queries and mutations. The live state does not come this way: see `components/stream`. */
export function TrpcProvider({ children }: { children: ReactNode }) {
  const [queryClient] = useState(
    () =>
      new QueryClient({
        queryCache: new QueryCache({ onError }),
        mutationCache: new MutationCache({ onError }),
        defaultOptions: {
          // What the browser believes of the network tells nothing of a tunnel or of this machine.
          queries: {
            ...{ retry: false, refetchOnWindowFocus: false },
            ...{ networkMode: 'always', refetchOnReconnect: true },
          },
          // Nothing that changes a cluster is ever sent a second time by itself, nor kept to be sent
          // once there is a network again.
          mutations: { retry: false, networkMode: 'always' },
        },
      }),
  );
  const [client] = useState(() =>
    createTRPCClient<AppRouter>({
      links: [
        splitLink({
          // A whole configuration that is to be judged fits no address.
          condition: ({ type, input }) =>
            type === 'query' && JSON.stringify(input ?? null).length > LONG_INPUT,
          true: httpLink({ url: '/api/trpc', methodOverride: 'POST' }),
          false: httpBatchLink({
            ...{ url: '/api/trpc', maxItems: MOST_CALLS, maxURLLength: MOST_ADDRESS },
          }),
        }),
      ],
    }),
  );
  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={client} queryClient={queryClient}>
        {children}
      </TRPCProvider>
    </QueryClientProvider>
  );
}
