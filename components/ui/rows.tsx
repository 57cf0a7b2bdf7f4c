import { Skeleton } from './skeleton';

/** A few lines that are about to come. */
export function Rows({ says, count }: { says: string; count: number }) {
  return (
    <div aria-busy="true" className="divide-y divide-line">
      <p className="sr-only">{says}</p>
      {Array.from({ length: count }, (_, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same
        <div key={n} className="flex flex-col gap-2 px-4 py-3">
          <Skeleton className="h-4 w-48 max-w-full" />
          <Skeleton className="h-4 w-80 max-w-full" />
        </div>
      ))}
    </div>
  );
}
