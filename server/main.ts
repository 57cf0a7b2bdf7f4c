import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withoutSecrets } from '@/lib/secrets';
import { ConfigError, loadConfig } from './config';
import { createGuard } from './http/guard';
import { Pages } from './http/pages';
import { createPeer } from './http/peer';
import { createHttpServer } from './http/server';
import { readTls, renewOnHangup } from './http/tls';
import { createLog } from './log';
import { inNetworks } from './networks';
import { createRuntime } from './runtime';
import { loadSecret } from './secret';

/** Answers that are under way have so long to end, and what is kept has so long to be put away. */
const [DRAIN_MS, CLOSE_MS] = [1000, 1500];

/** Starts Howdah and serves until SIGTERM or SIGINT. Exit code 2: the configuration is wrong. */
async function main(): Promise<void> {
  const config = orExit(() => loadConfig(process.env));
  const log = createLog(config.log);
  // It ends the process, as it does by itself, which would print what it quotes.
  process.on('uncaughtException', (error) => {
    log.fatal({ err: error }, 'an error that nobody caught');
    process.exit(1);
  });
  const dev = process.env.HOWDAH_DEV === '1';
  const { hosts, url } = config.listen;
  const peer = createPeer(config.listen);
  const guard = createGuard({ peer, hosts, url });
  const tls = config.listen.tls ?? null;
  const pages = new Pages({
    dev,
    hostname: config.listen.host,
    port: config.listen.port,
    onError: (error) => log.error({ err: error }, 'a page could not be served'),
  });
  const warmUp = () =>
    pages.start().catch((error: unknown) => log.error({ err: error }, 'no pages can be served'));

  const runtime = createRuntime({
    config,
    build: buildId(dev),
    log,
    peer,
    secret: orExit(() => loadSecret(config)),
    onSettled: () => void warmUp(),
  });
  const server = createHttpServer({
    peer,
    guard,
    mostStreams: config.listen.mostStreams,
    tls: tls && orExit(() => readTls(tls)),
    services: {
      operations: runtime.operations,
      routing: runtime.routing,
      policies: runtime.policies,
      settings: runtime.settings,
      history: runtime.history,
      accounts: runtime.access.accounts,
      audit: runtime.audit,
      limit: (who) => runtime.access.limits.act(who),
    },
    identify: (request) => runtime.access.identify(request),
    signIn: runtime.access.signIn,
    isOpen: inNetworks(config.openFigures),
    stream: (request, response, { sight, ended, who }) => {
      const shares = [
        { of: `address ${peer(request).address}`, most: config.listen.mostStreamsPerAddress },
        { of: `account ${who.id}`, most: config.listen.mostStreamsPerAddress },
      ];
      runtime.hub.subscribe(request, response, { sight, ended, shares });
    },
    pages: (request, response) => pages.serve(request, response),
    metrics: runtime.metrics,
    health: runtime.health,
    onError: (error) => log.error({ err: error }, 'a request met an error'),
  });
  if (dev) {
    const { upgrade } = await pages.start();
    server.on('upgrade', (request, socket, head) => void upgrade(request, socket, head));
  }

  server.once('error', (error: NodeJS.ErrnoException) => {
    const { host, port } = config.listen;
    const why = error.code === 'EADDRINUSE' ? 'something else listens there' : error.message;
    process.stderr.write(
      `Howdah can't listen on ${host}:${port}: ${why}. Set HOWDAH_PORT to a free port.\n`,
    );
    process.exit(1);
  });
  server.listen(config.listen.port, config.listen.host, () => {
    const { host, port } = config.listen;
    const shown = host.includes(':') ? `[${host}]` : host;
    log.info(`Howdah answers on ${tls ? 'https' : 'http'}://${shown}:${port}`);
    runtime.start();
  });
  if (tls && 'setSecureContext' in server) renewOnHangup(server, tls, log);

  const stop = (signal: string) => {
    log.info(`stopping on ${signal}`);
    // What was begun is ended before the audit is closed, which tells its end.
    runtime.stop();
    const drained = new Promise<void>((done) => server.close(() => done()));
    server.closeIdleConnections();
    void Promise.race([drained, delay(DRAIN_MS)])
      .then(() => runtime.close())
      .catch((error: unknown) => log.error({ err: error }, 'at the end'))
      .then(() => process.exit(0));
    setTimeout(() => process.exit(0), DRAIN_MS + CLOSE_MS).unref();
  };
  process.once('SIGTERM', () => stop('SIGTERM'));
  process.once('SIGINT', () => stop('SIGINT'));
}

function orExit<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const mistake of error.mistakes) process.stderr.write(`${mistake}\n`);
    process.exit(2);
  }
}

/** Differs for each build of the pages. */
function buildId(dev: boolean): string {
  if (dev) return 'dev';
  try {
    return readFileSync(path.join('.next', 'BUILD_ID'), 'utf8').trim();
  } catch {
    return 'unknown';
  }
}

main().catch((error: unknown) => {
  if (error instanceof ConfigError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  const why = error instanceof Error ? error.stack : error;
  process.stderr.write(withoutSecrets(`Howdah could not start: ${why}\n`));
  process.exit(1);
});
