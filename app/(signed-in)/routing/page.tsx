import { FleetRoutingPage } from '@/components/routing/fleet-routing-page';

export default function Page() {
  return <FleetRoutingPage />;
}
