import Link from 'next/link';
import { Button } from './button';

/** A page that is not for who looks at it: why, and a way on. */
export function Forbidden({ title, says }: { title: string; says: string }) {
  return (
    <div className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p>{says}</p>
      <Button asChild>
        <Link href="/">Go to the fleet</Link>
      </Button>
    </div>
  );
}
