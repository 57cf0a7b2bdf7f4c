import { createHash, randomUUID } from 'node:crypto';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type OidcProvider, startOidcProvider } from './oidc-provider';
import type { TokenFault } from './oidc-tokens';

const ADA = { sub: '1', name: 'Ada', email: 'ada@example.org', groups: ['dba'] };
const BOB = { sub: '2', name: 'Bob <b>', email: 'bob@example.org', groups: [] };
const BACK = 'http://127.0.0.1:1/callback';

let provider: OidcProvider;
beforeEach(async () => {
  provider = await startOidcProvider({ users: [ADA, BOB] });
});
afterEach(() => provider.close());

const verifier = randomUUID();
const challenge = createHash('sha256').update(verifier).digest('base64url');

function authorize(changes: Record<string, string> = {}) {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: provider.clientId, redirect_uri: BACK },
    ...{ scope: 'openid groups', state: 'state', nonce: 'nonce' },
    ...{ code_challenge: challenge, code_challenge_method: 'S256', ...changes },
  });
  return fetch(`${provider.issuer}/authorize?${query}`, { redirect: 'manual' });
}

async function back(changes: Record<string, string> = {}): Promise<URLSearchParams> {
  const { headers } = await authorize(changes);
  return new URL(headers.get('location') ?? '').searchParams;
}

async function exchange(code: string, changes: Record<string, string> = {}) {
  const answer = await fetch(`${provider.issuer}/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'authorization_code', code, redirect_uri: BACK, code_verifier: verifier },
      ...{ client_id: provider.clientId, client_secret: provider.clientSecret, ...changes },
    }),
  });
  const body = (await answer.json()) as { id_token: string; access_token: string };
  return { status: answer.status, ...body };
}

const signIn = async () => exchange((await back()).get('code') ?? '');

async function verify(idToken: string) {
  const { jwks_uri } = (await (await fetch(provider.discoveryUrl)).json()) as { jwks_uri: string };
  return jwtVerify(idToken, createRemoteJWKSet(new URL(jwks_uri)), {
    ...{ issuer: provider.issuer, audience: provider.clientId, algorithms: ['RS256'] },
  });
}

describe('somebody who signs in', () => {
  test('comes back with a code, for which there is a signed token and what is known of them', async () => {
    const returned = await back();
    expect(returned.get('state')).toBe('state');
    const { id_token, access_token } = await exchange(returned.get('code') ?? '');
    const { payload } = await verify(id_token);
    expect(payload).toMatchObject({ sub: '1', nonce: 'nonce', groups: ['dba'] });
    const userinfo = await fetch(`${provider.issuer}/userinfo`, {
      headers: { authorization: `Bearer ${access_token}` },
    });
    expect(await userinfo.json()).toEqual({ ...ADA, email_verified: true });
    expect((await fetch(`${provider.issuer}/userinfo`)).status).toBe(401);
  });

  test('is who is said to, and in the groups that are said now', async () => {
    provider.signsIn = '2';
    expect(decodeJwt((await signIn()).id_token)).toMatchObject({ sub: '2', groups: [] });
    provider.users = [ADA, { ...BOB, groups: ['viewers'] }];
    expect(decodeJwt((await signIn()).id_token)).toMatchObject({ groups: ['viewers'] });
  });

  test('is asked who they are where there is a browser to ask', async () => {
    provider.close();
    provider = await startOidcProvider({ users: [ADA, BOB], asks: true });
    const page = await (await authorize()).text();
    expect(page).toContain('Sign in as Bob &#60;b&#62;');
    const code = (await back({ chosen: '2' })).get('code') ?? '';
    expect(decodeJwt((await exchange(code)).id_token).sub).toBe('2');
  });
});

describe('nobody signs in', () => {
  test.each([
    ['unsupported_response_type', { response_type: 'token' }],
    ['invalid_scope', { scope: 'email' }],
    ['invalid_request', { code_challenge_method: 'plain' }],
  ])('by a question that is %s', async (error, changes) => {
    const returned = await back(changes as Record<string, string>);
    expect(returned.get('error')).toBe(error);
    expect(returned.has('code')).toBe(false);
  });

  test('who is denied', async () => {
    provider.denies = true;
    expect((await back()).get('error')).toBe('access_denied');
  });

  test('as a client that is unknown', async () => {
    expect((await authorize({ client_id: 'other' })).status).toBe(400);
    const code = (await back()).get('code') ?? '';
    expect((await exchange(code, { client_secret: 'guess' })).status).toBe(401);
  });

  test.each([
    ['another verifier', { code_verifier: 'guess' }],
    ['another address', { redirect_uri: 'http://127.0.0.1:2/' }],
  ])('by a code with %s, which is then spent', async (_, changes) => {
    const code = (await back()).get('code') ?? '';
    expect((await exchange(code, changes as Record<string, string>)).status).toBe(400);
    expect((await exchange(code)).status).toBe(400);
  });

  test('by a code twice', async () => {
    const code = (await back()).get('code') ?? '';
    expect((await exchange(code)).status).toBe(200);
    expect((await exchange(code)).status).toBe(400);
  });
});

describe('a fault', () => {
  test.each([
    ['wrong-issuer', 'iss'],
    ['wrong-audience', 'aud'],
    ['expired', 'exp'],
    ['wrong-key', 'signature'],
    ['alg-none', 'JWS|alg'],
  ] as [TokenFault, string][])('of %s does not pass for good', async (fault, says) => {
    provider.fault = fault;
    const { id_token } = await signIn();
    await expect(verify(id_token)).rejects.toThrow(new RegExp(says, 'i'));
  });

  test('of another nonce is signed as well as any', async () => {
    provider.fault = 'wrong-nonce';
    expect((await verify((await signIn()).id_token)).payload.nonce).toBe('not-nonce');
  });

  test('of no algorithm says so', async () => {
    provider.fault = 'alg-none';
    expect(decodeProtectedHeader((await signIn()).id_token).alg).toBe('none');
  });
});
