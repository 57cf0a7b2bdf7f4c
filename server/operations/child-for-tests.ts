import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { Failure } from '@/lib/errors';
import type { OperationRequest, OperationView, Preflight } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { Acting } from './on-sandbox';

interface Said {
  readonly n: number;
  readonly value?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

/** For tests: a Howdah in a process of its own, which can be frozen, and killed wherever one likes. */
export class ChildHowdah implements Acting {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, (said: Said) => void>();
  readonly #gone: Promise<unknown>;
  #n = 0;

  /** @param diesAt "3 before": itself, at the third thing it sends about an operation */
  constructor(config: string, diesAt = '') {
    const program = ['--import', 'tsx', 'server/operations/howdah-for-tests.ts', diesAt];
    this.#process = spawn(process.execPath, program, {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, NODE_ENV: 'test', HOWDAH_CONFIG: config },
    });
    this.#process.stdin?.on('error', () => {});
    this.#gone = once(this.#process, 'exit').then(() => {
      for (const answer of this.#waiting.values()) answer({ n: 0 });
      this.#waiting.clear();
    });
    if (!this.#process.stdout) throw new Error('it has a standard output');
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const said = JSON.parse(line) as Said;
      this.#waiting.get(said.n)?.(said);
      this.#waiting.delete(said.n);
    });
  }

  readonly operations = {
    preflight: (cluster: ClusterId, wish: Wish) =>
      this.#ask<Preflight>({ judge: { cluster, wish } }),
    start: (start: OperationRequest) => this.#ask<OperationView>({ start }),
    list: (list: ClusterId) => this.#ask<readonly OperationView[]>({ list }),
  };

  get dead(): boolean {
    return this.#process.exitCode !== null || this.#process.signalCode !== null;
  }

  freeze(): void {
    this.#process.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process.kill('SIGCONT');
  }

  async kill(): Promise<void> {
    if (!this.dead) this.#process.kill('SIGKILL');
    await this.#gone;
  }

  /** Rejects when the process ends before it answers. */
  #ask<T>(what: object): Promise<T> {
    this.#n += 1;
    const n = this.#n;
    if (this.dead) return Promise.reject(new Error('it is dead'));
    return new Promise((done, fail) => {
      this.#waiting.set(n, ({ value, error }) => {
        if (error) fail(new Failure(error.code as 'refused', error.message));
        else if (value === undefined) fail(new Error('it died'));
        else done(value as T);
      });
      this.#process.stdin?.write(`${JSON.stringify({ n, ...what })}\n`);
    });
  }
}
