import Link from 'next/link';
import { Button } from '@/components/ui/button';

export default function NotFound() {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="text-muted">
        The address leads nowhere in Howdah. Every cluster can be reached from the fleet.
      </p>
      <Button asChild>
        <Link href="/">Go to the fleet</Link>
      </Button>
    </div>
  );
}
