import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** Where the agent listens, and what it keeps. */
export interface AgentOptions {
  /** Where HAProxy asks. */
  readonly check: Address;
  /** Where Howdah gives its leases. */
  readonly control: Address;
  /** What Howdah shows to be let in. */
  readonly token: string;
  /** Keeps the drains across a restart. */
  readonly stateFile: string;
  /** HAProxy's statistics socket; null: it is not asked. */
  readonly haproxy: string | null;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

export const USAGE = `howdah-agent --token-file FILE --state FILE [--check 127.0.0.1:8018] [--control 127.0.0.1:8019] [--haproxy SOCKET]

Runs beside HAProxy and answers its agent-check with the weights that Howdah leases to it.
  --check       where HAProxy asks (its agent-addr and agent-port)
  --control     where Howdah gives its leases: let nobody else reach it
  --token-file  a file with the word that Howdah has to show, 32 characters at least
  --state       a file in which drains are kept across a restart
  --haproxy     HAProxy's statistics socket: its figures are shown in Howdah, and servers that fail
                Patroni's check are known
`;

/** Why the agent can't start, in one sentence. */
export class OptionError extends Error {}

/** Throws `OptionError`. */
export function agentOptions(args: readonly string[]): AgentOptions {
  const values = valuesOf(args);
  return {
    check: addressOf('--check', values.check),
    control: addressOf('--control', values.control),
    token: tokenIn(needed('--token-file', values['token-file'])),
    stateFile: needed('--state', values.state),
    haproxy: values.haproxy ?? null,
  };
}

function valuesOf(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        check: { type: 'string', default: '127.0.0.1:8018' },
        control: { type: 'string', default: '127.0.0.1:8019' },
        'token-file': { type: 'string' },
        state: { type: 'string' },
        haproxy: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? (error.message.split('. ')[0] ?? '') : '');
  }
}

function needed(option: string, value: string | undefined): string {
  if (value) return value;
  throw new OptionError(`${option} is missing.`);
}

function addressOf(option: string, text: string): Address {
  const [, host = '', port = ''] = /^(?:\[([^\]]+)\]|[^:]+):(\d+)$/.exec(text) ?? [];
  const number = Number(port);
  if (port === '' || number < 1 || number > 65_535) {
    throw new OptionError(`${option} is an address like 127.0.0.1:8018, not "${text}".`);
  }
  return { host: host || text.slice(0, text.lastIndexOf(':')), port: number };
}

function tokenIn(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new OptionError(`${file} can't be read: ${(error as Error).message}.`);
  }
  if (text.length < 32)
    throw new OptionError(`${file} holds too short a token: 32 characters at least.`);
  return text;
}
