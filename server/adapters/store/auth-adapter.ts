import { drizzleAdapter } from 'better-auth/adapters/drizzle';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import { Failure } from '@/lib/errors';
import { account, login, session, verification } from './account-schema';
import type { Asked } from './ask';

/** The tables of accounts as better-auth asks for them, over whatever connection there is now. */
export function authAdapter(database: Asked): ReturnType<typeof drizzleAdapter> {
  const now = new Proxy({} as NodePgDatabase, {
    get(_, property) {
      const { connected, health } = database;
      if (connected === null) {
        throw new Failure('unavailable', health.says ?? 'Accounts are being opened.');
      }
      const value: unknown = Reflect.get(connected.write, property);
      return typeof value === 'function' ? value.bind(connected.write) : value;
    },
  });
  return drizzleAdapter(now, {
    provider: 'pg',
    schema: { user: account, account: login, session, verification },
    transaction: true,
  });
}
