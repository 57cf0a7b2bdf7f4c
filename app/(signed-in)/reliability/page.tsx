import type { Metadata } from 'next';
import { ReliabilityPage } from '@/components/reliability/reliability-page';

export const metadata: Metadata = { title: 'Reliability' };

export default function Page() {
  return <ReliabilityPage />;
}
