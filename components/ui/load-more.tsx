import { Button } from './button';

/** Below a list that goes on: its next page is fetched when wanted. Nothing where it ends. */
export function LoadMore({
  pages: { hasNextPage, isFetchingNextPage, fetchNextPage },
  children,
}: {
  pages: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => Promise<unknown>;
  };
  children: string;
}) {
  if (!hasNextPage) return null;
  return (
    <div className="border-t border-line p-2">
      <Button
        tone="quiet"
        size="sm"
        disabled={isFetchingNextPage}
        onClick={() => void fetchNextPage()}
      >
        {isFetchingNextPage ? 'Loading …' : children}
      </Button>
    </div>
  );
}
