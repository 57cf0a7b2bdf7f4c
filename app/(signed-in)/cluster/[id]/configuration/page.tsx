import { ConfigurationPage } from '@/components/configuration/configuration-page';

export default async function Page({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  return <ConfigurationPage key={id} id={id} />;
}
