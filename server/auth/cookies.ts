import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Behind TLS browsers take these from this very host alone, so that no other can plant one. */
export const cookiePrefix = (secure: boolean): string => (secure ? '__Host-howdah' : 'howdah');
/** Of the session; the library calls it so. */
export const sessionCookie = (secure: boolean): string => `${cookiePrefix(secure)}.session_token`;
/** Of who has shown the emergency token. */
export const emergencyCookie = (secure: boolean): string => `${cookiePrefix(secure)}.emergency`;

/** The value of a cookie as it was sent; null: it wasn't, or there are two of that name. */
export function cookieIn(request: IncomingMessage, name: string): string | null {
  const found = (request.headers.cookie?.split(';') ?? []).flatMap((part) => {
    const at = part.indexOf('=');
    return at > 0 && part.slice(0, at).trim() === name ? [part.slice(at + 1).trim()] : [];
  });
  return found.length === 1 ? (found[0] ?? null) : null;
}

/**
 * The session's token in a cookie that the library has signed: checked without asking the store, so
 * that nobody unknown gets as far as that, and it is known while the store is away.
 */
export function tokenIn(cookie: string, secret: string): string | null {
  const text = decoded(cookie);
  const dot = text.lastIndexOf('.');
  if (dot < 1) return null;
  const token = text.slice(0, dot);
  const right = createHmac('sha256', secret).update(token).digest();
  const given = Buffer.from(text.slice(dot + 1), 'base64');
  return given.length === right.length && timingSafeEqual(given, right) ? token : null;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
