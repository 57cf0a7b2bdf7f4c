import { request } from 'node:http';

export interface RestAnswer {
  readonly status: number;
  /** Parsed when it is JSON, text otherwise. */
  readonly body: unknown;
}

export interface RestRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  /** Milliseconds for the whole exchange, 1500 by default. */
  readonly timeoutMs?: number;
}

/**
 * One request to Patroni's REST API on 127.0.0.1, on a connection of its own: a kept one would
 * fail after the restarts that are the sandbox's business.
 *
 * @throws Error when there is no answer in time.
 */
export function callRest(port: number, path: string, options: RestRequest = {}) {
  const { method = 'GET', body, timeoutMs = 1500 } = options;
  const payload = body === undefined ? null : Buffer.from(JSON.stringify(body));
  return new Promise<RestAnswer>((resolve, reject) => {
    const call = request({
      host: '127.0.0.1',
      port,
      path,
      method,
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: payload
        ? { 'content-type': 'application/json', 'content-length': payload.length }
        : {},
    });
    call.on('error', reject);
    call.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('error', reject);
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        resolve({ status: response.statusCode ?? 0, body: parsed(text) });
      });
    });
    call.end(payload ?? undefined);
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
