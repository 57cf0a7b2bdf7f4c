import { Agent, buildConnector, request } from 'undici';
import { withoutSecrets } from '@/lib/secrets';
import type { PatroniSettings, RestAnswer, RestCall } from '@/server/ports';

const CONNECT_MS = 3000;
/** Patroni holds the answer until it is done: a switchover's loops, or a restart's own time-out. */
const ANSWER_MS = 330_000;
const MOST_TEXT = 300;

/** It is certain that no byte of the request has left this machine. */
class NotSent extends Error {
  readonly code = 'HOWDAH_NOT_SENT';
}

/** One request that changes something, once. Never throws, and never tries again. */
export async function ask(
  apiUrl: string,
  call: RestCall,
  settings: PatroniSettings,
): Promise<RestAnswer> {
  const place = await placeOf(apiUrl, settings, CONNECT_MS);
  if ('why' in place) return { is: 'not-sent', why: place.why };
  const connect = connector(place, settings, CONNECT_MS);
  const guarded: buildConnector.connector = (options, callback) =>
    connect(options, (error, socket) => {
      if (error !== null) {
        // Whatever it is called: without a connection, or before TLS stands, nothing can be sent.
        callback(new NotSent(wordsOf(error)), null);
        return;
      }
      call.guard().then(
        (go) => {
          if (!go) refuse('it was not to be sent any more');
          else if (socket.destroyed) refuse('the connection was closed before anything was sent');
          else callback(null, socket);
        },
        (failed) => refuse(failed instanceof Error ? failed.message : String(failed)),
      );
      const refuse = (why: string) => {
        socket.destroy();
        callback(new NotSent(why), null);
      };
    });
  const agent = new Agent({
    connect: guarded,
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  const { basic } = settings;
  try {
    const answer = await request(`${place.origin}${call.path}`, {
      method: call.method,
      dispatcher: agent,
      headers: {
        host: place.host,
        'content-type': 'application/json',
        ...(basic
          ? {
              authorization: `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString('base64')}`,
            }
          : {}),
      },
      body: JSON.stringify(call.body ?? {}),
    });
    return { is: 'answered', status: answer.statusCode, text: plain(await answer.body.text()) };
  } catch (error) {
    return failure(error);
  } finally {
    void agent.close().catch(() => {});
  }
}

/** Where a REST API is, once it is known that Howdah may connect there. */
export interface Place {
  readonly origin: string;
  readonly ip: string;
  /** As the certificate has it. */
  readonly name: string;
  readonly host: string;
}

export async function placeOf(
  apiUrl: string,
  settings: PatroniSettings,
  withinMs: number,
): Promise<Place | { readonly why: string }> {
  let url: URL;
  try {
    url = new URL(apiUrl);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('not http');
  } catch {
    return { why: `"${apiUrl}" is not an address of a REST API` };
  }
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const checked = await within(
    withinMs,
    settings.addresses.check({ host: name, port }).catch((error: Error) => error),
  );
  if (checked === null) return { why: `the address of ${name} was not found in time` };
  if (checked instanceof Error) return { why: `${name} has no address (${checked.message})` };
  if (checked.is === 'refused') return { why: checked.says };
  const { ip, port: reached } = checked.endpoint;
  return { origin: `${url.protocol}//${bracketed(ip)}:${reached}`, ip, name, host: url.host };
}

/** Looking a name up has no bound of its own. Null: it took too long. */
async function within<T>(ms: number, looked: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((done) => {
    timer = setTimeout(done, ms, null);
  });
  try {
    return await Promise.race([looked, late]);
  } finally {
    clearTimeout(timer);
  }
}

export function connector(
  { ip, name }: Place,
  settings: PatroniSettings,
  timeoutMs: number,
): buildConnector.connector {
  return buildConnector({
    timeout: timeoutMs,
    host: ip,
    // The name, not the address, is what a certificate is for.
    servername: name,
    rejectUnauthorized: !settings.insecure,
    ...(settings.ca ? { ca: settings.ca } : {}),
    ...(settings.cert ? { cert: settings.cert } : {}),
    ...(settings.key ? { key: settings.key } : {}),
  });
}

function failure(error: unknown): RestAnswer {
  const isUnsent = (error as { code?: string }).code === 'HOWDAH_NOT_SENT';
  return { is: isUnsent ? 'not-sent' : 'unanswered', why: wordsOf(error) };
}

/** Where several addresses were tried, an error may have no words of its own. */
function wordsOf(error: unknown): string {
  const { code, message } = error as { code?: string; message?: string };
  return message || code || String(error);
}

/** Some refusals come as a page of HTML. */
function plain(text: string): string {
  const bare = text.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return withoutSecrets(bare.replace(/\s+/g, ' ').trim()).slice(0, MOST_TEXT);
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
