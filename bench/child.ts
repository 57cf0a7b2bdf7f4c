import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { Context } from './benchmark';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

/** A program of `bench/programs` as a process of its own, spoken to by messages. */
export interface Program {
  readonly pid: number;
  /** Asks it; the program answers each question once, in order. */
  ask<T>(question: string, details?: unknown): Promise<T>;
  stop(): Promise<void>;
}

const bundled = new Map<string, Promise<string>>();

/**
 * Bundles a program, so that what is measured of it is its own work and not the translation of its
 * source, and starts it.
 */
export async function startProgram(
  name: string,
  argument: unknown,
  { onEnd, args = [] }: Pick<Context, 'onEnd'> & { readonly args?: readonly string[] },
): Promise<Program> {
  const file = await (bundled.get(name) ?? bundle(name));
  const given = ['--enable-source-maps', ...args, file, JSON.stringify(argument)];
  const child = spawn(process.execPath, given, {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // As Howdah is: each gets its own share of the processors.
    detached: true,
    cwd: root,
  });
  const program = new ProgramProcess(name, child);
  onEnd(() => program.stop());
  return program;
}

function bundle(name: string): Promise<string> {
  const outfile = `${root}/dist/bench/${name}.js`;
  const made = build({
    absWorkingDir: root,
    entryPoints: [`bench/programs/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    alias: { '@': root },
    logLevel: 'warning',
  }).then(() => outfile);
  bundled.set(name, made);
  return made;
}

class ProgramProcess implements Program {
  readonly #name: string;
  readonly #child: ChildProcess;
  readonly #waiting: { resolve(value: unknown): void; reject(error: Error): void }[] = [];

  constructor(name: string, child: ChildProcess) {
    this.#name = name;
    this.#child = child;
    child.on('message', (answer) => this.#waiting.shift()?.resolve(answer));
    child.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.splice(0)) {
        reject(new Error(`The program ${name} ended with ${signal ?? code}`));
      }
    });
    process.once('exit', () => child.kill('SIGKILL'));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  ask<T>(question: string, details: unknown = null): Promise<T> {
    return new Promise<unknown>((resolve, reject) => {
      if (this.#child.exitCode !== null) {
        reject(new Error(`The program ${this.#name} has ended`));
        return;
      }
      this.#waiting.push({ resolve, reject });
      this.#child.send({ question, details });
    }) as Promise<T>;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await ended;
  }
}
