import { boolean, jsonb, text, timestamp } from 'drizzle-orm/pg-core';
import type { Grant, Role, Scope } from '@/lib/access/roles';
import { howdah } from './schema';

const moment = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });
const made = () => moment('created_at').notNull().defaultNow();
const changed = () => moment('updated_at').notNull().defaultNow();

/**
 * Who may sign in, and what they may. The first four are better-auth's, whose names for fields they
 * keep; the rest is ours alone. No view of them is anybody's to read.
 */
export const account = howdah.table('account', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  email: text('email').notNull().unique(),
  emailVerified: boolean('email_verified').notNull().default(false),
  image: text('image'),
  createdAt: made(),
  updatedAt: changed(),
  disabledAt: moment('disabled_at'),
  mustChangePassword: boolean('must_change_password').notNull().default(false),
});

const ofAccount = () =>
  text('account')
    .notNull()
    .references(() => account.id, { onDelete: 'cascade' });

/** A way to sign in: a password (hashed by scrypt), or an identity at a provider. */
export const login = howdah.table('account_login', {
  id: text('id').primaryKey(),
  userId: ofAccount(),
  providerId: text('provider').notNull(),
  accountId: text('provider_account').notNull(),
  password: text('password'),
  accessToken: text('access_token'),
  refreshToken: text('refresh_token'),
  idToken: text('id_token'),
  accessTokenExpiresAt: moment('access_token_expires_at'),
  refreshTokenExpiresAt: moment('refresh_token_expires_at'),
  scope: text('scope'),
  createdAt: made(),
  updatedAt: changed(),
});

/** The cookie has the token and a signature of it by Howdah's secret: the token alone opens nothing. */
export const session = howdah.table('account_session', {
  id: text('id').primaryKey(),
  userId: ofAccount(),
  token: text('token').notNull().unique(),
  expiresAt: moment('expires_at').notNull(),
  ipAddress: text('ip_address'),
  userAgent: text('user_agent'),
  createdAt: made(),
  updatedAt: changed(),
});

/** What a provider is to come back with. */
export const verification = howdah.table('account_verification', {
  id: text('id').primaryKey(),
  identifier: text('identifier').notNull(),
  value: text('value').notNull(),
  expiresAt: moment('expires_at').notNull(),
  createdAt: made(),
  updatedAt: changed(),
});

/** A role on something: given here, or by the groups of the last sign-in at a provider. */
export const accountGrant = howdah.table('account_grant', {
  id: text('id').primaryKey(),
  account: ofAccount(),
  role: text('role').$type<Role>().notNull(),
  scope: jsonb('scope').$type<Scope>().notNull(),
  source: text('source').$type<'local' | 'groups'>().notNull(),
  createdAt: made(),
});

export const apiToken = howdah.table('api_token', {
  id: text('id').primaryKey(),
  account: ofAccount(),
  name: text('name').notNull(),
  /** SHA-256 of its secret, which is random enough to need no more. */
  hash: text('hash').notNull().unique(),
  grants: jsonb('grants').$type<readonly Grant[]>().notNull(),
  createdAt: made(),
  expiresAt: moment('expires_at').notNull(),
  revokedAt: moment('revoked_at'),
  usedAt: moment('used_at'),
  usedFrom: text('used_from'),
});
