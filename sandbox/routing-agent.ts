import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { accepts, refusedAt } from './accepts';
import { SandboxError } from './errors';
import { ManagedProcess } from './managed-process';
import { sandboxHome } from './options';
import { findPorts } from './ports';
import type { Sandbox } from './sandbox';
import { portsInUse } from './state';
import { waitFor } from './wait-for';

export interface RoutingAgentOptions {
  /** Tells several in one sandbox apart, '' by default. */
  readonly name?: string;
  /** The socket of the HAProxy beside it; none by default. */
  readonly haproxySocket?: string;
}

/** The product's own agent beside HAProxy, as a process of the sandbox. It ends with the sandbox. */
export class RoutingAgent {
  /** Where HAProxy asks. */
  readonly checkPort: number;
  /** Where leases are taken. */
  readonly controlPort: number;
  /** What whoever gives a lease has to know. */
  readonly token: string;
  readonly tokenFile: string;
  readonly stateFile: string;
  readonly #process: ManagedProcess;

  /** Describes it, and writes the file with its token; nothing is started. */
  constructor(
    { root }: Sandbox,
    ports: { readonly check: number; readonly control: number },
    { name = '', haproxySocket }: RoutingAgentOptions = {},
  ) {
    const called = name === '' ? 'routing-agent' : `routing-agent-${name}`;
    this.checkPort = ports.check;
    this.controlPort = ports.control;
    this.token = randomBytes(24).toString('hex');
    this.tokenFile = join(root, `${called}.token`);
    this.stateFile = join(root, `${called}.state`);
    writeFileSync(this.tokenFile, `${this.token}\n`, { mode: 0o600 });
    this.#process = new ManagedProcess({
      root,
      name: called,
      // As whoever runs this: the sandbox's own user may not be able to read the checkout.
      user: null,
      command: process.execPath,
      args: [
        ...['--import', LOADER, fileURLToPath(new URL('../agent/main.ts', import.meta.url))],
        ...['--check', `127.0.0.1:${ports.check}`],
        ...['--control', `127.0.0.1:${ports.control}`],
        ...['--token-file', this.tokenFile],
        ...['--state', this.stateFile],
        ...(haproxySocket === undefined ? [] : ['--haproxy', haproxySocket]),
      ],
      // Its working directory is the sandbox's, where nothing tells of the checkout's paths.
      env: { TSX_TSCONFIG_PATH: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) },
    });
  }

  running(): boolean {
    return this.#process.running();
  }

  /** Returns once it takes connections at both ports. @throws SandboxError when it ends instead */
  async start(): Promise<void> {
    await this.#process.start();
    await waitFor(
      async () => {
        if (!this.#process.running()) {
          throw new SandboxError(`The agent has ended:\n${await this.#process.logTail()}`);
        }
        return (await accepts(this.checkPort)) && accepts(this.controlPort);
      },
      { timeoutMs: 20_000, what: `the agent to listen (see ${this.#process.logFile})` },
    );
  }

  /** SIGKILL; what it has said last stays in force in HAProxy. */
  async kill(): Promise<void> {
    await this.#process.kill();
    await refusedAt(this.checkPort);
    await refusedAt(this.controlPort);
  }

  /** SIGSTOP: connections are taken by the system, and nothing answers. */
  freeze(): Promise<void> {
    return this.#process.freeze();
  }

  thaw(): Promise<void> {
    return this.#process.thaw();
  }

  logTail(): Promise<string> {
    return this.#process.logTail();
  }
}

/** Of the checkout, for a process that starts elsewhere. */
const LOADER = new URL(`file://${createRequire(import.meta.url).resolve('tsx')}`).href;

/** Describes an agent on ports of its own; `start` starts it. */
export async function routingAgent(
  sandbox: Sandbox,
  options: RoutingAgentOptions = {},
): Promise<RoutingAgent> {
  const [check = 0, control = 0] = await findPorts(2, await portsInUse(sandboxHome()));
  return new RoutingAgent(sandbox, { check, control }, options);
}
