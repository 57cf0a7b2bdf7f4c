import { RunsPage } from '@/components/runs/runs-page';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <RunsPage key={id} id={id} />;
}
