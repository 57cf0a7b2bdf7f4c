import { SandboxError } from './errors';
import { freeze } from './freeze';
import type { ManagedProcess } from './managed-process';
import { postmasterOf } from './postgres-processes';
import { childrenOf, type ProcessId, signal } from './proc';

export interface FarmServerState {
  readonly name: string;
  readonly port: number;
  readonly dataFolder: string;
  /** The name of the server it follows, null for a primary. */
  readonly follows: string | null;
}

/** One plain PostgreSQL server, without a Patroni. */
export class FarmServer {
  readonly name: string;
  readonly port: number;
  readonly follows: string | null;
  readonly process: ManagedProcess;
  readonly #dataFolder: string;

  constructor(state: FarmServerState, process: ManagedProcess) {
    this.name = state.name;
    this.port = state.port;
    this.follows = state.follows;
    this.process = process;
    this.#dataFolder = state.dataFolder;
  }

  /** What the server itself writes: see its `log_line_prefix`. */
  get logFile(): string {
    return this.process.logFile;
  }

  /** SIGSTOP to all of it, backends too: connections stay, and nobody answers. @throws SandboxError */
  async freeze(): Promise<void> {
    await freeze(this.#postmaster());
    // From here on no backend is born.
    for (const each of this.#family()) await freeze(each);
  }

  /** SIGCONT to all of it. @throws SandboxError */
  thaw(): void {
    for (const each of this.#family().reverse()) signal(each, 'SIGCONT');
  }

  /** The postmaster first. */
  #family(): ProcessId[] {
    const postmaster = this.#postmaster();
    return [postmaster, ...childrenOf(postmaster.pid)];
  }

  #postmaster(): ProcessId {
    const postmaster = postmasterOf(this.#dataFolder);
    if (!postmaster) throw new SandboxError(`${this.name} is not running`);
    return postmaster;
  }
}
