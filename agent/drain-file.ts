import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { KeptDrain } from '@/lib/routing/agent-state';

const shape = z.object({
  v: z.literal(1),
  drains: z.array(
    z.object({ cluster: z.string(), member: z.string(), until: z.number().nullable() }),
  ),
});

/** What an operator has drained, on disk: it outlives Howdah, the lease, and the agent itself. */
export class DrainFile {
  readonly #path: string;
  #written: string;

  /** Throws where the file is there and holds something else. */
  constructor(path: string) {
    this.#path = path;
    this.#written = readIfThere(path) ?? textOf([]);
    if (!shape.safeParse(parsed(this.#written)).success) {
      throw new Error(`${path} holds something else than an agent's drains: move it away.`);
    }
  }

  get drains(): readonly KeptDrain[] {
    return shape.parse(parsed(this.#written)).drains;
  }

  /** Durable when it returns. Writes nothing where nothing has changed. */
  keep(drains: readonly KeptDrain[]): void {
    const text = textOf(drains);
    if (text === this.#written) return;
    const file = openSync(`${this.#path}.new`, 'w', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(`${this.#path}.new`, this.#path);
    // The name is of the folder: it is durable when that is.
    const folder = openSync(dirname(this.#path), 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
    this.#written = text;
  }
}

const textOf = (drains: readonly KeptDrain[]): string => `${JSON.stringify({ v: 1, drains })}\n`;

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
