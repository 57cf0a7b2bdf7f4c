import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { hashPassword } from 'better-auth/crypto';
import { type Account, passwordFault } from '@/lib/access/account';
import {
  type Grant,
  type Role,
  roleName,
  roles,
  type Scope,
  scopeInWords,
  scopeKey,
} from '@/lib/access/roles';
import type { Json } from '@/lib/audit/entry';
import { clusterId } from '@/lib/topology/cluster-id';
import { CommandFailure, HelpWanted, UsageError } from './errors';
import { type Accounts, withAccounts } from './reach-accounts';

const USAGE = `Who may sign in to Howdah, and what they may.

howdah user add EMAIL --role ROLE [where] [--name NAME]
  Makes an account. Its first password is printed, and is to be changed at the
  first sign-in. With --password-file FILE it is the text of that file; with
  --final as well it need not be changed.
howdah user password EMAIL [--password-file FILE] [--final]
  Gives another password, and ends every session and token.
howdah user grant EMAIL --role ROLE [where]
howdah user revoke EMAIL [where]
  Gives a role, or takes away what is given there.
howdah user disable EMAIL, howdah user enable EMAIL, howdah user remove EMAIL
howdah user list

  ROLE: ${roles.join(', ')}
  where: all clusters, or --ensemble NAME --namespace PATH [--scope NAME
         [--citus-group NUMBER]]

A Howdah may run meanwhile. The store is found as Howdah finds it: by howdah.yaml
and the environment.
`;

const OPTIONS = {
  role: { type: 'string' },
  ensemble: { type: 'string' },
  namespace: { type: 'string' },
  scope: { type: 'string' },
  'citus-group': { type: 'string' },
  name: { type: 'string' },
  'password-file': { type: 'string' },
  final: { type: 'boolean', default: false },
} as const satisfies ParseArgsConfig['options'];

interface Given {
  readonly email: string;
  readonly values: ReturnType<typeof parsed>['values'];
}

const commands: Readonly<Record<string, (accounts: Accounts, given: Given) => Promise<void>>> = {
  add,
  password,
  grant,
  revoke,
  disable: (accounts, { email }) => setDisabled(accounts, email, true),
  enable: (accounts, { email }) => setDisabled(accounts, email, false),
  remove,
};

/** `howdah user …` */
export async function user([name = '', ...args]: readonly string[]): Promise<void> {
  if (name === '--help' || name === '-h') throw new HelpWanted(USAGE);
  if (name === '') throw new UsageError('Say what to do with accounts.', USAGE);
  const { values, positionals } = parsed(args);
  if (name === 'list') {
    await withAccounts(list);
    return;
  }
  const run = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!run) throw new UsageError(`There is no command "user ${name}".`, USAGE);
  const [email, ...more] = positionals;
  if (email === undefined) throw new UsageError('Say whose account, by its e-mail.', USAGE);
  if (more.length > 0) throw new UsageError(`"${more.join(' ')}" is too much.`, USAGE);
  if (!/^\S+@\S+\.\S+$/.test(email)) throw new UsageError(`"${email}" is no e-mail.`, USAGE);
  await withAccounts((accounts) => run(accounts, { email: email.toLowerCase(), values }));
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), USAGE);
  }
}

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

async function add({ store, record }: Accounts, { email, values }: Given): Promise<void> {
  const given: Grant = { role: roleIn(values.role), scope: scopeIn(values) };
  const { password: first, shown } = passwordFor(email, values);
  const detail = { email, grants: asJson([given]) };
  await record({ action: 'account-added', detail }, async () => {
    await store.add({
      ...{ name: values.name ?? email.split('@')[0] ?? email, email, grants: [given] },
      ...{ hash: await hashPassword(first), mustChangePassword: !values.final },
    });
  });
  say(`${email} is ${roleName[given.role]} of ${scopeInWords(given.scope)}.`);
  if (shown) say(`The first password, to be changed at the first sign-in: ${first}`);
}

async function password({ store, record }: Accounts, { email, values }: Given): Promise<void> {
  const { id, logins } = await existing(store, email);
  if (!logins.includes('password')) {
    throw new CommandFailure(`${email} signs in at the provider and has no password here`);
  }
  const { password: next, shown } = passwordFor(email, values);
  await record({ action: 'password-changed', detail: { account: email } }, async () => {
    await store.setPassword(id, await hashPassword(next), { mustChange: !values.final });
  });
  say(`${email} has another password, and no session or token.`);
  if (shown) say(`To be changed at the next sign-in: ${next}`);
}

async function grant({ store, record }: Accounts, { email, values }: Given): Promise<void> {
  const account = await existing(store, email);
  const given: Grant = { role: roleIn(values.role), scope: scopeIn(values) };
  const rest = localGrants(account).filter((one) => !sameScope(one.scope, given.scope));
  await change({ store, record }, account, [...rest, given]);
  say(`${email} is ${roleName[given.role]} of ${scopeInWords(given.scope)}.`);
}

async function revoke({ store, record }: Accounts, { email, values }: Given): Promise<void> {
  const account = await existing(store, email);
  const scope = scopeIn(values);
  const rest = localGrants(account).filter((one) => !sameScope(one.scope, scope));
  if (rest.length === localGrants(account).length) {
    throw new CommandFailure(`${email} has no role that was given for ${scopeInWords(scope)}`);
  }
  await change({ store, record }, account, rest);
  say(`${email} has no role of ${scopeInWords(scope)} any more.`);
}

async function change(
  { store, record }: Accounts,
  account: Account,
  after: readonly Grant[],
): Promise<void> {
  const detail = {
    account: account.email,
    before: asJson(localGrants(account)),
    after: asJson(after),
  };
  await record({ action: 'grant-changed', detail }, () =>
    store.setGrants(account.id, 'local', after),
  );
}

async function setDisabled(
  { store, record }: Accounts,
  email: string,
  disabled: boolean,
): Promise<void> {
  const { id } = await existing(store, email);
  const detail = { account: email, disabled };
  await record({ action: 'account-changed', detail }, () => store.setDisabled(id, disabled));
  say(`${email} ${disabled ? 'is disabled, and has no session' : 'may be used again'}.`);
}

async function remove({ store, record }: Accounts, { email }: Given): Promise<void> {
  const { id } = await existing(store, email);
  await record({ action: 'account-removed', detail: { account: email } }, () => store.remove(id));
  say(`${email} is removed.`);
}

async function list({ store }: Accounts): Promise<void> {
  const accounts = await store.accounts();
  if (accounts.length === 0) say('There is no account: howdah user add EMAIL --role admin.');
  for (const { email, grants, disabledAt, mustChangePassword } of accounts) {
    const may = grants.map(({ role, scope, source }) => {
      const by = source === 'groups' ? ' (by a group)' : '';
      return `${roleName[role]} of ${scopeInWords(scope)}${by}`;
    });
    const notes = [
      ...(disabledAt === null ? [] : ['disabled']),
      ...(mustChangePassword ? ['has a first password to change'] : []),
    ];
    const note = notes.length === 0 ? '' : ` (${notes.join(', ')})`;
    say(`${email}: ${may.join(', ') || 'no role'}${note}`);
  }
}

async function existing(store: Accounts['store'], email: string): Promise<Account> {
  const found = await store.byEmail(email);
  if (!found) throw new CommandFailure(`There is no account ${email}`);
  return found;
}

const localGrants = ({ grants }: Account): readonly Grant[] =>
  grants.filter(({ source }) => source === 'local').map(({ role, scope }) => ({ role, scope }));

const asJson = (grants: readonly Grant[]): Json =>
  grants.map(({ role, scope }) => ({ role, scope: { ...scope } }));

const sameScope = (one: Scope, other: Scope): boolean => scopeKey(one) === scopeKey(other);

function passwordFor(email: string, values: Given['values']) {
  const file = values['password-file'];
  if (file === undefined) {
    if (values.final) throw new UsageError('--final goes with --password-file.', USAGE);
    return { password: randomBytes(15).toString('base64url'), shown: true };
  }
  let given: string;
  try {
    given = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  } catch {
    throw new CommandFailure(`${file} can't be read`);
  }
  const fault = passwordFault(given, email);
  if (fault !== null) throw new CommandFailure(fault.replace(/\.$/, ''));
  return { password: given, shown: false };
}

function roleIn(role: string | undefined): Role {
  const found = roles.find((one) => one === role);
  if (!found) throw new UsageError(`Say which role: --role ${roles.join('|')}.`, USAGE);
  return found;
}

function scopeIn({ ensemble, namespace, scope, ...rest }: Given['values']): Scope {
  const group = rest['citus-group'];
  if (group !== undefined && (scope === undefined || !/^\d{1,9}$/.test(group))) {
    throw new UsageError('--citus-group is a number, and goes with --scope.', USAGE);
  }
  if (ensemble === undefined && namespace === undefined && scope === undefined) {
    return { of: 'all' };
  }
  if (ensemble === undefined || namespace === undefined) {
    throw new UsageError('Name both --ensemble and --namespace, or neither.', USAGE);
  }
  const place = namespace.replace(/\/+$/, '') || '/';
  if (scope === undefined) return { of: 'namespace', ensemble, namespace: place };
  const key = {
    ensemble,
    namespace: place,
    scope,
    group: group === undefined ? null : Number(group),
  };
  return { of: 'cluster', cluster: clusterId(key) };
}
