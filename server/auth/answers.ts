import type { IncomingMessage, ServerResponse } from 'node:http';
import { Failure } from '@/lib/errors';
import { emergencyCookie, sessionCookie } from './cookies';
import { PEER_HEADER } from './sign-in-library';

export type SignInRoute = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<void> | void;

/** Somebody has tried to get in, or has gone. */
export interface SignInEvent {
  readonly action: 'sign-in' | 'sign-out' | 'emergency-used' | 'limited';
  readonly who: {
    readonly kind: 'user' | 'emergency' | 'nobody';
    /** The account; null: none, or it isn't known. */
    readonly id: string | null;
    /** What they are called, or call themselves. */
    readonly name: string;
  };
  readonly from: string;
  readonly how: 'password' | 'provider' | 'emergency token' | null;
  readonly refused: boolean;
  readonly says: string;
}

/** What is told to who is not known, whatever the reason is: that is in the log. */
export const awayNow = (cause?: unknown): Failure =>
  new Failure('unavailable', 'Accounts can not be asked now: try again in a moment.', cause);

export function tooMany(response: ServerResponse, seconds: number): Failure {
  response.setHeader('retry-after', String(seconds));
  const wait = seconds < 60 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return new Failure('limited', `Too many attempts: try again in ${wait}.`);
}

/** What the library needs, with the address as we know it and no header that claims another. */
export function headersOf(request: IncomingMessage, address: string): Headers {
  const headers = new Headers();
  for (const name of ['cookie', 'user-agent', 'origin', 'content-type'] as const) {
    const value = request.headers[name];
    if (value !== undefined) headers.set(name, value);
  }
  headers.set(PEER_HEADER, address);
  return headers;
}

export function passCookies(answer: Response, response: ServerResponse): void {
  for (const cookie of answer.headers.getSetCookie()) response.appendHeader('set-cookie', cookie);
}

export function setEmergencyCookie(
  response: ServerResponse,
  secure: boolean,
  { value, seconds }: { readonly value: string; readonly seconds: number },
): void {
  const name = emergencyCookie(secure);
  const attributes = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${seconds}`;
  response.appendHeader('set-cookie', `${name}=${value}; ${attributes}${secure ? '; Secure' : ''}`);
}

export function dropSessionCookie(response: ServerResponse, secure: boolean): void {
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=0${secure ? '; Secure' : ''}`;
  response.appendHeader('set-cookie', `${sessionCookie(secure)}=; ${attributes}`);
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(`${JSON.stringify(body)}\n`);
}
