import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createSigner, type Signer, type TokenFault } from './oidc-tokens';

export interface OidcUser {
  readonly sub: string;
  readonly name: string;
  readonly email: string;
  readonly groups: readonly string[];
}

export interface OidcOptions {
  /** Those who can sign in; the first does unless told otherwise. */
  readonly users: readonly OidcUser[];
  /** Asks in the browser who signs in, by a page with a button for each. */
  readonly asks?: boolean;
  /** 0 by default: any that is free. */
  readonly port?: number;
  readonly clientId?: string;
  readonly clientSecret?: string;
}

/** What a code stands for, until it is used. */
interface Grant {
  readonly sub: string;
  readonly redirectUri: string;
  readonly challenge: string;
  readonly nonce: string | undefined;
}

/** Starts a provider on 127.0.0.1. */
export async function startOidcProvider(options: OidcOptions): Promise<OidcProvider> {
  const signer = await createSigner();
  const server = createServer((request, response) => {
    provider.answer(request, response).catch((error: unknown) => {
      json(response, 500, { error: 'server_error', error_description: String(error) });
    });
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const provider = new OidcProvider(options, signer, server);
  return provider;
}

/**
 * A small OpenID Connect provider: the code flow with PKCE and one client, and whatever a test wants
 * to be wrong with it.
 */
export class OidcProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Put others in their place to change what is said of somebody, e.g. the groups. */
  users: readonly OidcUser[];
  /** The `sub` of who signs in from now on. */
  signsIn: string;
  /** What is wrong with id_tokens from now on. */
  fault: TokenFault | null = null;
  /** Sends whoever comes back without a code. */
  denies = false;
  readonly #asks: boolean;
  readonly #signer: Signer;
  readonly #server: Server;
  readonly #grants = new Map<string, Grant>();
  readonly #accessTokens = new Map<string, string>();

  constructor(options: OidcOptions, signer: Signer, server: Server) {
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no address');
    this.issuer = `http://127.0.0.1:${address.port}`;
    this.clientId = options.clientId ?? 'howdah';
    this.clientSecret = options.clientSecret ?? randomUUID();
    this.users = options.users;
    this.signsIn = options.users[0]?.sub ?? '';
    this.#asks = options.asks ?? false;
    this.#signer = signer;
    this.#server = server;
  }

  get discoveryUrl(): string {
    return `${this.issuer}/.well-known/openid-configuration`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer);
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /.well-known/openid-configuration':
        return json(response, 200, this.#discovery());
      case 'GET /jwks':
        return json(response, 200, { keys: [this.#signer.published] });
      case 'GET /authorize':
        return this.#authorize(url.searchParams, response);
      case 'POST /token':
        return this.#token(request, response);
      case 'GET /userinfo':
        return this.#userinfo(request, response);
      default:
        return json(response, 404, { error: 'not_found' });
    }
  }

  #discovery() {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      scopes_supported: ['openid', 'profile', 'email', 'groups'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
      code_challenge_methods_supported: ['S256'],
    };
  }

  #authorize(query: URLSearchParams, response: ServerResponse): void {
    const redirectUri = query.get('redirect_uri') ?? '';
    if (query.get('client_id') !== this.clientId || !URL.canParse(redirectUri)) {
      json(response, 400, { error: 'invalid_client' });
      return;
    }
    const back = new URL(redirectUri);
    const state = query.get('state');
    if (state !== null) back.searchParams.set('state', state);
    const wrong = this.denies ? 'access_denied' : wrongWith(query);
    const sub = query.get('chosen') ?? (this.#asks ? null : this.signsIn);
    if (wrong === null && sub === null) {
      this.#ask(query, response);
      return;
    }
    if (wrong !== null) back.searchParams.set('error', wrong);
    else {
      const code = randomUUID();
      const challenge = query.get('code_challenge') ?? '';
      const nonce = query.get('nonce') ?? undefined;
      this.#grants.set(code, { sub: sub ?? '', redirectUri, challenge, nonce });
      back.searchParams.set('code', code);
    }
    response.writeHead(302, { location: back.href, 'cache-control': 'no-store' }).end();
  }

  /** The same question once more, with an answer. */
  #ask(query: URLSearchParams, response: ServerResponse): void {
    const hidden = [...query].map(([name, value]) => input(name, value)).join('');
    const buttons = this.users.map(
      ({ sub, name }) =>
        `<p><button name="chosen" value="${html(sub)}">Sign in as ${html(name)}</button></p>`,
    );
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' });
    response.end(
      `<!doctype html><title>Provider</title><form action="/authorize">${hidden}${buttons.join('')}</form>`,
    );
  }

  async #token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    if (!this.#isClient(request.headers.authorization, form)) {
      return json(response, 401, { error: 'invalid_client' });
    }
    const code = form.get('code') ?? '';
    const grant = this.#grants.get(code);
    // Whatever comes of it, it was good for one attempt.
    this.#grants.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const user = this.users.find(({ sub }) => sub === grant?.sub);
    if (
      form.get('grant_type') !== 'authorization_code' ||
      user === undefined ||
      grant?.challenge !== challenge ||
      grant.redirectUri !== form.get('redirect_uri')
    ) {
      return json(response, 400, { error: 'invalid_grant' });
    }
    const accessToken = randomUUID();
    this.#accessTokens.set(accessToken, user.sub);
    const idToken = await this.#signer.sign({
      ...{ issuer: this.issuer, audience: this.clientId, subject: user.sub },
      ...{ nonce: grant.nonce, claims: claimsOf(user), fault: this.fault },
    });
    json(response, 200, {
      ...{ access_token: accessToken, token_type: 'Bearer', expires_in: 300 },
      ...{ id_token: idToken, scope: 'openid profile email groups' },
    });
  }

  #isClient(authorization: string | undefined, form: URLSearchParams): boolean {
    const basic = /^Basic (.+)$/.exec(authorization ?? '')?.[1];
    if (basic === undefined) {
      return (
        form.get('client_id') === this.clientId && form.get('client_secret') === this.clientSecret
      );
    }
    const [id = '', secret = ''] = Buffer.from(basic, 'base64').toString().split(':');
    return (
      decodeURIComponent(id) === this.clientId && decodeURIComponent(secret) === this.clientSecret
    );
  }

  #userinfo(request: IncomingMessage, response: ServerResponse): void {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const user = this.users.find(({ sub }) => sub === this.#accessTokens.get(token));
    if (user === undefined) json(response, 401, { error: 'invalid_token' });
    else json(response, 200, { sub: user.sub, ...claimsOf(user) });
  }
}

function wrongWith(query: URLSearchParams): string | null {
  if (query.get('response_type') !== 'code') return 'unsupported_response_type';
  if (!query.get('scope')?.split(' ').includes('openid')) return 'invalid_scope';
  const proven = query.get('code_challenge_method') === 'S256' && query.has('code_challenge');
  return proven ? null : 'invalid_request';
}

const claimsOf = ({ name, email, groups }: OidcUser) => ({
  ...{ name, email, email_verified: true, groups: [...groups] },
});

const input = (name: string, value: string) =>
  `<input type="hidden" name="${html(name)}" value="${html(value)}">`;

const html = (given: string) =>
  given.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);

function json(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
