import { RoutingPage } from '@/components/routing/routing-page';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <RoutingPage key={id} id={id} />;
}
