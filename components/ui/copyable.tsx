'use client';

import { Check, Copy } from 'lucide-react';
import { useState } from 'react';
import { Button } from './button';

/** A text that is to be copied, whole. */
export function Copyable({ label, text }: { label: string; text: string }) {
  const [copied, setCopied] = useState<'yes' | 'no' | null>(null);
  return (
    <div className="flex flex-col gap-1">
      <div className="flex items-stretch gap-2">
        <output
          aria-label={label}
          className="min-w-0 flex-1 rounded-md border border-line-strong bg-sunken px-3 py-2 font-mono text-sm break-all select-all"
        >
          {text}
        </output>
        <Button
          className="h-auto"
          onClick={() => {
            // Without TLS, elsewhere than on this machine, browsers keep the clipboard to themselves.
            copy(text).then(
              () => setCopied('yes'),
              () => setCopied('no'),
            );
          }}
        >
          {copied === 'yes' ? (
            <Check className="size-4" aria-hidden />
          ) : (
            <Copy className="size-4" aria-hidden />
          )}
          {copied === 'yes' ? 'Copied' : 'Copy'}
        </Button>
      </div>
      <p role="status" className="text-sm text-muted">
        {copied === 'no' &&
          'This browser does not let it be copied: select it, and copy it by hand.'}
      </p>
    </div>
  );
}

async function copy(text: string): Promise<void> {
  await navigator.clipboard.writeText(text);
}
