'use client';

import { Button } from '@/components/ui/button';

export default function PageError({ error, reset }: { error: Error; reset: () => void }) {
  return (
    <div role="alert" className="mx-auto flex max-w-xl flex-col items-start gap-4 px-4 py-16">
      <h1 className="text-xl font-semibold">This page could not be drawn</h1>
      <p className="text-muted">
        Howdah itself and the clusters are not affected: only what is shown here failed. Any
        operation under way goes on.
      </p>
      <p className="w-full rounded-md border border-line bg-sunken p-3 font-mono text-sm">
        {error.message}
      </p>
      <Button onClick={reset}>Draw it again</Button>
    </div>
  );
}
