import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { LeaderReads } from '@/lib/routing/haproxy-cluster';
import type { Address } from '@/lib/routing/haproxy-words';
import { HelpWanted, UsageError } from './errors';

export const USAGE = `HAProxy before the clusters that ZooKeeper knows.

howdah haproxy config [CLUSTER …] [options]
  Writes a haproxy.cfg for these clusters, named by scope or by id, or for all.
  Each has a port for writes, which leads to its leader, and one for reads.
  Make it again when members come or go: it has those that are registered now.
  Whoever had ports in a FILE that is replaced keeps them. Where all clusters are
  asked for, one that can't be routed is left out, and the exit code is 1.

  --write-port 5000, --read-port 5001
                  of the first cluster, in the order of their names, where
                  it has none yet
  --step 10       what is added for each further one; taken ports are passed over
  --bind 127.0.0.1
                  where all ports listen: an IP address, or * for all
  --stats-port 7000
                  HAProxy's own page of statistics
  --socket /run/haproxy/admin.sock
                  where its figures are asked for
  --agent 127.0.0.1:8018
                  Howdah's agent beside it, which spreads reads; none: evenly
  --ca FILE       the CA of Patroni's REST API, where that is https
  --leader-reads never|fallback|always
                  for all of them, whatever their policies say
  --user haproxy  as whom it runs when root starts it; none: as root
  --out FILE      instead of standard output
  --force         replaces FILE if there is one that was made so
  --keep-ports-of FILE
                  which ports to keep, where no FILE is replaced
  --move-ports    numbers all ports anew, whatever FILE is and has: clients that
                  go on as before may reach another cluster

The ensembles are found as Howdah finds them: by howdah.yaml and the environment.
`;

export interface HaproxyArguments {
  readonly named: readonly string[];
  /** Null, as the next three: not said. */
  readonly writePort: number | null;
  readonly readPort: number | null;
  readonly step: number | null;
  readonly bind: string | null;
  readonly statisticsPort: number;
  readonly socket: string;
  readonly agent: Address | null;
  readonly caFile: string | null;
  /** Null: as each cluster's policy says. */
  readonly leaderReads: LeaderReads | null;
  readonly user: string | null;
  /** Null: standard output. */
  readonly out: string | null;
  readonly force: boolean;
  /** Null: of the file that is replaced, if one is. */
  readonly keepPortsOf: string | null;
  readonly movePorts: boolean;
  /** What was typed, but for where it is written and what was there before. */
  readonly command: string;
}

const options = {
  'write-port': { type: 'string' },
  'read-port': { type: 'string' },
  step: { type: 'string' },
  bind: { type: 'string' },
  'stats-port': { type: 'string', default: '7000' },
  socket: { type: 'string', default: '/run/haproxy/admin.sock' },
  agent: { type: 'string', default: '127.0.0.1:8018' },
  ca: { type: 'string' },
  'leader-reads': { type: 'string' },
  user: { type: 'string', default: 'haproxy' },
  out: { type: 'string' },
  force: { type: 'boolean', default: false },
  'keep-ports-of': { type: 'string' },
  'move-ports': { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

/** What says nothing of how the file is to be: it is not told in it. */
const ONCE = new Set(['out', 'force', 'keep-ports-of', 'move-ports']);

/** Throws `HelpWanted`, or `UsageError` for what makes no sense. */
export function haproxyArguments(args: readonly string[]): HaproxyArguments {
  const { values, positionals, tokens } = parse(args);
  if (values.help) throw new HelpWanted(USAGE);
  const [verb, ...named] = positionals;
  if (verb !== 'config') throw misused(verb ? `There is no "haproxy ${verb}"` : 'Say what to do');
  if (values.force && values.out === undefined) throw misused('--force goes with --out');
  const keepPortsOf = values['keep-ports-of'];
  const movePorts = values['move-ports'];
  if (movePorts && !values.force) throw misused('--move-ports goes with --force');
  if (keepPortsOf !== undefined && values.force) {
    throw misused(
      '--keep-ports-of goes without --force, which keeps the ports of what it replaces',
    );
  }
  const typed = tokens.flatMap((token) => {
    if (token.kind === 'positional') return [token.value];
    if (token.kind !== 'option' || ONCE.has(token.name)) return [];
    return [`--${token.name}`, ...(token.value === undefined ? [] : [token.value])];
  });
  return {
    named,
    writePort: saidPort('--write-port', values['write-port']),
    readPort: saidPort('--read-port', values['read-port']),
    step: saidPort('--step', values.step),
    bind: values.bind ?? null,
    statisticsPort: port('--stats-port', values['stats-port']),
    socket: values.socket,
    agent: values.agent === 'none' ? null : address('--agent', values.agent),
    caFile: values.ca === undefined ? null : file(values.ca),
    leaderReads: leaderReads(values['leader-reads']),
    user: values.user === 'none' ? null : values.user,
    out: values.out === undefined ? null : file(values.out),
    force: values.force,
    keepPortsOf: keepPortsOf === undefined ? null : file(keepPortsOf),
    movePorts,
    command: ['npm run howdah -- haproxy', ...typed.map(quoted)].join(' '),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, tokens: true });
  } catch (error) {
    // Node goes on with what else might have been meant.
    const [says = ''] = error instanceof Error ? error.message.split('. ') : [];
    throw misused(says.replace(/\.$/, ''));
  }
}

const misused = (why: string) => new UsageError(`${why}.`, USAGE);

function port(option: string, text: string): number {
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= 65_535) return number;
  throw misused(`${option} is a number from 1 to 65535, not "${text}"`);
}

const saidPort = (option: string, text: string | undefined) =>
  text === undefined ? null : port(option, text);

function address(option: string, text: string): Address {
  const [, inBrackets, plain, digits] = /^(?:\[([^\]]+)\]|([^:]+)):(\d+)$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  if (host === undefined || digits === undefined) {
    throw misused(`${option} is an address like 127.0.0.1:8018, or none, not "${text}"`);
  }
  return { host, port: port(option, digits) };
}

function leaderReads(text: string | undefined): LeaderReads | null {
  if (text === undefined) return null;
  if (text === 'never' || text === 'fallback' || text === 'always') return text;
  throw misused(`--leader-reads is never, fallback or always, not "${text}"`);
}

/** npm runs this in Howdah's folder, wherever it was called. */
const file = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);

/** As a shell takes it. */
const quoted = (word: string) =>
  /^[A-Za-z0-9_./:=,@~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
