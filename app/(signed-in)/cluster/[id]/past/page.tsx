import { PastPage } from '@/components/past/past-page';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <PastPage key={id} id={id} />;
}
