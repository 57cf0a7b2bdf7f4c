import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { forPages } from './csp';

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => Promise<void>;

export interface PagesOptions {
  /** Serves them from their sources, and reloads them. */
  readonly dev: boolean;
  readonly hostname: string;
  readonly port: number;
  readonly onError: (error: unknown) => void;
}

/**
 * The pages, by Next. It takes about a second of the one thread there is, and until the fleet has
 * been read there is little to show: so it is started when a page is asked for, or told to.
 */
export class Pages {
  readonly #options: PagesOptions;
  #started: Promise<{ handle: Handle; upgrade: Upgrade }> | null = null;

  constructor(options: PagesOptions) {
    this.#options = options;
  }

  /** Starts it if nobody has. Rejects when it can't be started; the next call tries again. */
  start(): Promise<{ handle: Handle; upgrade: Upgrade }> {
    this.#started ??= this.#prepare().catch((error: unknown) => {
      this.#started = null;
      throw error;
    });
    return this.#started;
  }

  serve(request: IncomingMessage, response: ServerResponse): void {
    forPages(request, response, this.#options.dev);
    this.start()
      .then(({ handle }) => handle(request, response))
      .catch((error: unknown) => {
        this.#options.onError(error);
        if (!response.headersSent) response.writeHead(500).end();
      });
  }

  async #prepare(): Promise<{ handle: Handle; upgrade: Upgrade }> {
    const { dev, hostname, port } = this.#options;
    process.env.NEXT_TELEMETRY_DISABLED ??= '1';
    const { default: next } = await import('next');
    const app = next({ dev, dir: process.cwd(), hostname, port });
    await app.prepare();
    return { handle: app.getRequestHandler(), upgrade: app.getUpgradeHandler() };
  }
}
