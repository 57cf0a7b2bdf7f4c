import type { Metadata } from 'next';
import { ZookeeperPage } from '@/components/zookeeper/zookeeper-page';

export const metadata: Metadata = { title: 'ZooKeeper' };

export default function Page() {
  return <ZookeeperPage />;
}
