import { runOfPath } from '@/components/runs/query';
import { RunPage } from '@/components/runs/run-page';

export default async function Page({ params }: { params: Promise<{ id: string; run: string }> }) {
  const { id, run } = await params;
  return <RunPage key={`${id} ${run}`} id={id} run={runOfPath(run)} />;
}
