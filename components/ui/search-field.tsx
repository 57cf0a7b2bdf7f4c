import { Search } from 'lucide-react';
import type { ComponentProps } from 'react';
import { Input } from './input';

/** A page's own search: "/" goes there. Name it with `aria-label`. */
export function SearchField(props: ComponentProps<'input'>) {
  return (
    <div className="relative w-full sm:w-72">
      <Search
        aria-hidden
        className="pointer-events-none absolute top-1/2 left-2.5 size-4 -translate-y-1/2 text-muted"
      />
      <Input type="search" aria-keyshortcuts="/" className="pl-8" {...props} />
    </div>
  );
}
