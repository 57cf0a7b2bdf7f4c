'use client';

import dynamic from 'next/dynamic';
import { Skeleton } from '@/components/ui/skeleton';

/** More lines than this can't be told apart. */
export const MOST_SERIES = 6;

/** Far the heaviest part of the page: it comes when the rest stands. */
export const loadLagChart = () => import('./lag-chart');
export const LagChart = dynamic(() => loadLagChart().then((m) => m.LagChart), {
  ssr: false,
  loading: () => <Skeleton className="h-60" />,
});
