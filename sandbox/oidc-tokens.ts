import { exportJWK, generateKeyPair, type JWK, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';

/** One thing that an id_token of a broken or hostile provider has wrong. */
export type TokenFault =
  | 'wrong-nonce'
  | 'wrong-issuer'
  | 'wrong-audience'
  /** Signed by a key that isn't published, under the name of the one that is. */
  | 'wrong-key'
  | 'expired'
  /** Not signed at all, and saying so. */
  | 'alg-none';

export interface IdToken {
  readonly issuer: string;
  readonly audience: string;
  readonly subject: string;
  readonly nonce: string | undefined;
  readonly claims: JWTPayload;
  readonly fault: TokenFault | null;
}

export interface Signer {
  /** The public key, as the provider publishes it. */
  readonly published: JWK;
  sign(token: IdToken): Promise<string>;
}

const KID = 'sandbox';
const LIFE_S = 300;

/** Signs id_tokens by RS256, with keys made now. */
export async function createSigner(): Promise<Signer> {
  const [own, other] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  return {
    published: { ...(await exportJWK(own.publicKey)), kid: KID, alg: 'RS256', use: 'sig' },
    sign: async ({ issuer, audience, subject, nonce, claims, fault }) => {
      const now = Math.floor(Date.now() / 1000);
      const issuedAt = fault === 'expired' ? now - 2 * LIFE_S : now;
      const payload: JWTPayload = {
        ...claims,
        iss: fault === 'wrong-issuer' ? 'https://elsewhere.example' : issuer,
        aud: fault === 'wrong-audience' ? 'somebody-else' : audience,
        sub: subject,
        iat: issuedAt,
        exp: issuedAt + LIFE_S,
        ...(nonce === undefined ? {} : { nonce: fault === 'wrong-nonce' ? `not-${nonce}` : nonce }),
      };
      if (fault === 'alg-none') return new UnsecuredJWT(payload).encode();
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'RS256', kid: KID, typ: 'JWT' })
        .sign(fault === 'wrong-key' ? other.privateKey : own.privateKey);
    },
  };
}
