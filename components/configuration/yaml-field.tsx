'use client';

import { useId, useRef } from 'react';
import type { FromYaml } from './yaml';

/** The whole document as text, with the numbers of its lines. */
export function YamlField({
  yaml,
  json,
  onType,
}: {
  yaml: string;
  json: FromYaml;
  onType: (yaml: string) => void;
}) {
  const about = useId();
  const gutter = useRef<HTMLPreElement>(null);
  const lines = yaml.split('\n').length;
  const wrong = json.is === 'wrong' ? json : null;
  return (
    <div className="flex flex-col gap-2 p-4">
      <div className="flex h-[28rem] max-h-[70vh] min-w-0 overflow-hidden rounded-md border border-line-strong bg-surface font-mono text-sm leading-5 focus-within:outline-2 focus-within:outline-accent">
        <pre
          ref={gutter}
          aria-hidden
          className="shrink-0 overflow-hidden border-r border-line bg-sunken px-2 py-2 text-right text-muted select-none"
        >
          {Array.from({ length: lines }, (_, n) =>
            n + 1 === wrong?.line ? `▸ ${n + 1}` : String(n + 1),
          ).join('\n')}
        </pre>
        <textarea
          aria-label="The configuration as YAML"
          aria-describedby={about}
          aria-invalid={wrong !== null}
          value={yaml}
          wrap="off"
          spellCheck={false}
          autoCapitalize="none"
          autoCorrect="off"
          onChange={({ target }) => onType(target.value)}
          onScroll={({ currentTarget }) => {
            if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
          className="min-w-0 flex-1 resize-none overflow-auto bg-transparent px-3 py-2 text-ink outline-none"
        />
      </div>
      <p id={about} aria-live="polite" className="text-sm text-muted">
        {wrong === null
          ? 'It is kept as JSON: comments are not kept, order is.'
          : `${wrong.line === null ? '' : `Line ${wrong.line}: `}${wrong.says}`}
      </p>
    </div>
  );
}
