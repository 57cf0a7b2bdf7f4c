import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Peer } from './peer';

/** Answers of the API are data: as a page they may do nothing at all. */
const DATA = "default-src 'none'; frame-ancestors 'none'";

/**
 * Scripts, styles and pictures of the build. A worker lives by the policy of its own script: this
 * one lets the shared stream fetch its parts and connect to Howdah.
 */
const ASSETS = "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'";

/**
 * A page runs only scripts that bear this answer's nonce, and what those load. Nothing else is let
 * in by being inline. Elements of styles are held to the same; attributes can't be, since React
 * writes positions and widths there: a style alone runs nothing and, by the other rules, loads
 * nothing from elsewhere.
 */
function pagePolicy(nonce: string, dev: boolean): string {
  // Next's reloading evaluates code and puts styles in by itself.
  const [script, style] = dev ? [" 'unsafe-eval'", "'unsafe-inline'"] : ['', `'nonce-${nonce}'`];
  return [
    // First: Next reads the nonce from here.
    `script-src 'nonce-${nonce}' 'strict-dynamic'${script}`,
    "default-src 'none'",
    "script-src-attr 'none'",
    `style-src-elem 'self' ${style}`,
    "style-src-attr 'unsafe-inline'",
    "connect-src 'self'",
    "worker-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/;
const YEAR_S = 31_536_000;

/** What every answer says; pages then say more. */
export function harden(response: ServerResponse, { secure, host }: Peer): void {
  const local = LOOPBACK.test(host);
  const headers = {
    'content-security-policy': DATA,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'camera=(), display-capture=(), geolocation=(), hid=(), microphone=(), midi=(), payment=(), serial=(), usb=()',
    // Elsewhere browsers ignore it, and complain.
    ...(secure || local ? { 'cross-origin-opener-policy': 'same-origin' } : {}),
    // For "localhost" it would hold for everything else that runs there.
    ...(secure && !local ? { 'strict-transport-security': `max-age=${YEAR_S}` } : {}),
  };
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
}

/** Headers by which Next would take somebody's word for what is decided here. */
const OURS = ['x-nonce', 'content-security-policy', 'content-security-policy-report-only'];
const BELIEVED_ELSEWHERE = /^(forwarded|x-forwarded-.*)$/;

/**
 * Makes a request for a page what Next takes it for: it learns the nonce of its scripts from the
 * request's headers, so none of those may be the client's.
 */
export function forPages(request: IncomingMessage, response: ServerResponse, dev: boolean): void {
  const { headers } = request;
  for (const name of Object.keys(headers)) {
    if (OURS.includes(name) || BELIEVED_ELSEWHERE.test(name)) delete headers[name];
  }
  if (request.url?.startsWith('/_next/static/')) {
    response.setHeader('content-security-policy', ASSETS);
    return;
  }
  const nonce = randomBytes(16).toString('base64');
  const policy = pagePolicy(nonce, dev);
  headers['x-nonce'] = nonce;
  headers['content-security-policy'] = policy;
  response.setHeader('content-security-policy', policy);
}
