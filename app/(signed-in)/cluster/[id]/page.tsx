import { ClusterPage } from '@/components/cluster/cluster-page';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ClusterPage key={id} id={id} />;
}
