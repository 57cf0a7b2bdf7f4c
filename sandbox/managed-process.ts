import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, fchownSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SandboxError } from './errors';
import { freeze } from './freeze';
import type { Platform } from './platform';
import { isAlive, type ProcessId, ROOT_VARIABLE, readStat, signal } from './proc';
import { forgetPid, readPid, writePid } from './state';
import { waitFor } from './wait-for';

export interface ManagedProcessOptions {
  readonly root: string;
  /** Names its pid file and its log, unique in the sandbox. */
  readonly name: string;
  readonly user: Platform['user'];
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/**
 * One process of the sandbox. It outlives this program (session and log file of its own), and any
 * program attached to the sandbox can find and signal it, by pid and start time.
 */
export class ManagedProcess {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ManagedProcessOptions;

  constructor(options: ManagedProcessOptions) {
    this.name = options.name;
    this.logFile = join(options.root, 'log', `${options.name}.log`);
    this.#options = options;
  }

  /** null when it isn't running. */
  id(): ProcessId | null {
    const id = readPid(this.#options.root, this.name);
    return id && isAlive(id) ? id : null;
  }

  running(): boolean {
    return this.id() !== null;
  }

  /**
   * Starts it and returns once it has been executed, not once it serves.
   * @throws SandboxError when it runs already or can't be executed.
   */
  async start(): Promise<void> {
    if (this.running()) throw new SandboxError(`${this.name} is running already`);
    const { root, user, command, args, env } = this.#options;
    const log = openSync(this.logFile, 'a', 0o640);
    if (user) fchownSync(log, user.uid, user.gid);
    const child = spawn(command, args, {
      ...(user ?? {}),
      cwd: root,
      detached: true,
      stdio: ['ignore', log, log],
      // Next's typings would have every environment name NODE_ENV.
      env: {
        PATH: '/usr/local/bin:/usr/bin:/bin',
        HOME: root,
        LANG: 'C.UTF-8',
        ...env,
        [ROOT_VARIABLE]: root,
      } as Record<string, string> as NodeJS.ProcessEnv,
    });
    closeSync(log);
    // Read before the event loop turns: until then even a process that has died is not reaped.
    const stat = child.pid === undefined ? null : readStat(child.pid);
    await executed(child, command);
    if (stat) writePid(root, this.name, stat);
    child.unref();
  }

  /** SIGKILL; returns when it is gone. */
  async kill(): Promise<void> {
    const id = this.id();
    if (id) await killAndWait([id], this.name);
    forgetPid(this.#options.root, this.name);
  }

  /** SIGSTOP: it keeps its sockets and answers nothing. @throws SandboxError unless running */
  async freeze(): Promise<void> {
    const id = this.id();
    if (!id || !(await freeze(id))) throw this.#notRunning();
  }

  /** SIGCONT. @throws SandboxError unless running */
  async thaw(): Promise<void> {
    const id = this.id();
    if (!id || !signal(id, 'SIGCONT')) throw this.#notRunning();
  }

  /** The last lines it has written. */
  async logTail(lines = 8): Promise<string> {
    const text = await readFile(this.logFile, 'utf8').catch(() => '');
    return text.trimEnd().split('\n').slice(-lines).join('\n');
  }

  #notRunning(): SandboxError {
    return new SandboxError(`${this.name} is not running`);
  }
}

/** SIGKILL to all, returning when they are gone. */
export async function killAndWait(ids: readonly ProcessId[], what: string): Promise<void> {
  for (const id of ids) signal(id, 'SIGKILL');
  await waitFor(() => !ids.some(isAlive), {
    timeoutMs: 10_000,
    everyMs: 10,
    what: `the end of ${what} after SIGKILL`,
  });
}

function executed(child: ChildProcess, command: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new SandboxError(`${command} can't be started: ${cause.message}`, { cause })),
    );
  });
}
