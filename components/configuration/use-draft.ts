'use client';

import { useEffect, useMemo, useState } from 'react';
import type { ConfigDocument } from '@/lib/configuration/facts';
import { conflictsOf, editsOf } from '@/lib/configuration/rebase';
import { readSettings } from '@/lib/operations/settings';
import { type FromYaml, jsonOf, withValue, yamlOf } from './yaml';

type Readable = Extract<ConfigDocument, { is: 'ok' }>;

/** A configuration being edited: what it began as, and what it is now. */
export interface Draft {
  /** The version that the edit began on, or was carried over to. */
  readonly base: Readable;
  readonly yaml: string;
  readonly json: FromYaml;
  readonly touched: boolean;
  /** The version that stands there now, where it is another. */
  readonly moved: Readable | null;
  /** What was edited here and there, and is as it was typed here. */
  readonly conflicts: readonly string[];
  type(yaml: string): void;
  set(path: readonly string[], value: unknown): void;
  /** Does the same edits to the version that stands there now; null: they can't be told. */
  readonly carryOver: (() => void) | null;
  startOver(): void;
}

interface Held {
  readonly base: Readable;
  readonly began: string;
  readonly yaml: string;
  readonly conflicts: readonly string[];
}

const beginOn = (base: Readable): Held => {
  const yaml = yamlOf(base.text);
  return { base, began: yaml, yaml, conflicts: [] };
};

/** Nothing that was typed is lost when another version comes: it is asked what to do. */
export function useDraft(now: ConfigDocument | undefined): Draft | null {
  const [held, setHeld] = useState<Held | null>(null);
  const readable = now?.is === 'ok' ? now : null;
  const touched = held !== null && held.yaml !== held.began;
  // What nobody has touched follows what stands there.
  if (readable && (held === null || (!touched && held.base.version !== readable.version))) {
    setHeld(beginOn(readable));
  }
  useEffect(() => {
    if (!touched) return;
    const stay = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', stay);
    return () => window.removeEventListener('beforeunload', stay);
  }, [touched]);
  const yaml = held?.yaml ?? '';
  const json = useMemo(() => jsonOf(yaml), [yaml]);
  if (held === null) return null;
  const moved = readable && readable.version !== held.base.version ? readable : null;
  const type = (next: string) => setHeld((was) => was && { ...was, yaml: next });
  return {
    ...{ base: held.base, yaml, json, touched, moved, conflicts: held.conflicts, type },
    set: (path, value) => type(withValue(held.yaml, path, value)),
    startOver: () => setHeld(beginOn(moved ?? held.base)),
    carryOver: moved && (() => setHeld((was) => was && carriedOver(was, moved))),
  };
}

/** Where what was typed can't be read there is nothing to carry: it stays. */
function carriedOver(was: Held, to: Readable): Held {
  const json = jsonOf(was.yaml);
  const [base, theirs] = [readSettings(was.base.text), readSettings(to.text)];
  const mine = json.is === 'json' ? readSettings(json.text) : null;
  if (!base || !mine || !theirs) return was;
  const edits = editsOf(base, mine);
  const began = yamlOf(to.text);
  const yaml = edits.reduce((text, { path, value }) => withValue(text, path, value), began);
  return { base: to, began, yaml, conflicts: conflictsOf(edits, base, theirs) };
}
