import { Agent, request } from 'undici';
import { withoutSecrets } from '@/lib/secrets';
import type { PatroniSettings, RestAnswer } from '@/server/ports';

interface Call {
  readonly apiUrl: string;
  readonly body: { readonly leader: string; readonly candidate: string };
  readonly settings: PatroniSettings;
}

const CONNECT_MS = 3000;
/** Patroni holds the answer until it is done, up to twice the larger of 10 s and its loop. */
const ANSWER_MS = 90_000;
const MOST_TEXT = 300;

/** Errors after which it is certain that no request has left this machine. */
const NOT_SENT = new Set([
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'UND_ERR_CONNECT_TIMEOUT',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_HAS_EXPIRED',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** `POST /switchover`, once. Never throws, and never tries again. */
export async function postSwitchover(call: Call): Promise<RestAnswer> {
  const { apiUrl, body, settings } = call;
  let url: URL;
  try {
    url = new URL('/switchover', apiUrl);
    if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new Error('not http');
  } catch {
    return { is: 'not-sent', why: `"${apiUrl}" is not an address of a REST API` };
  }
  const tls = url.protocol === 'https:';
  const port = Number(url.port || (tls ? 443 : 80));
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const checked = await settings.addresses.check({ host, port }).catch((error: Error) => error);
  if (checked instanceof Error)
    return { is: 'not-sent', why: `${host} has no address (${checked.message})` };
  if (checked.is === 'refused') return { is: 'not-sent', why: checked.says };
  const { endpoint } = checked;
  const agent = new Agent({
    connect: {
      timeout: CONNECT_MS,
      host: endpoint.ip,
      // The name, not the address, is what a certificate is for.
      servername: host,
      rejectUnauthorized: !settings.insecure,
      ...(settings.ca ? { ca: settings.ca } : {}),
      ...(settings.cert ? { cert: settings.cert } : {}),
      ...(settings.key ? { key: settings.key } : {}),
    },
    headersTimeout: ANSWER_MS,
    bodyTimeout: ANSWER_MS,
  });
  const { basic } = settings;
  try {
    const answer = await request(
      `${url.protocol}//${bracketed(endpoint.ip)}:${endpoint.port}/switchover`,
      {
        method: 'POST',
        dispatcher: agent,
        headers: {
          host: url.host,
          'content-type': 'application/json',
          ...(basic
            ? {
                authorization: `Basic ${Buffer.from(`${basic.user}:${basic.password}`).toString('base64')}`,
              }
            : {}),
        },
        body: JSON.stringify(body),
      },
    );
    return { is: 'answered', status: answer.statusCode, text: plain(await answer.body.text()) };
  } catch (error) {
    return failure(error);
  } finally {
    void agent.close().catch(() => {});
  }
}

function failure(error: unknown): RestAnswer {
  const { code, message } = error as { code?: string; message?: string };
  const why = message || code || String(error);
  return code && NOT_SENT.has(code) ? { is: 'not-sent', why } : { is: 'unanswered', why };
}

/** Some refusals come as a page of HTML. */
function plain(text: string): string {
  const bare = text.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ');
  return withoutSecrets(bare.replace(/\s+/g, ' ').trim()).slice(0, MOST_TEXT);
}

function bracketed(ip: string): string {
  return ip.includes(':') ? `[${ip}]` : ip;
}
