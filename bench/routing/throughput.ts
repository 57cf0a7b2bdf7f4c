import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { findPlatform, type PatroniCluster } from '@/sandbox';

/** At one time, each with a new connection for every read. */
const CLIENTS = 8;

export interface Throughput {
  readonly perSecond: number;
  /** What pgbench complained of: it ends a client whose request fails. */
  readonly complaints: readonly string[];
}

/** As many reads a second as pgbench gets answered through that port, a connection for each. */
export async function readsPerSecond(
  { bench }: PatroniCluster,
  port: number,
  seconds: number,
): Promise<Throughput> {
  const child = spawn(
    join(findPlatform().postgresBin, 'pgbench'),
    [
      ...['-n', '-S', '-C', '-c', String(CLIENTS), '-j', '2', '-T', String(seconds)],
      ...['-h', '127.0.0.1', '-p', String(port), '-U', bench.user, 'bench'],
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, PGPASSWORD: bench.password, LC_ALL: 'C.UTF-8' },
    },
  );
  const [says, complaints] = [textOf(child.stdout), textOf(child.stderr)];
  await once(child, 'exit');
  const perSecond = Number(/^tps = ([\d.]+)/m.exec(await says)?.[1] ?? Number.NaN);
  if (!Number.isFinite(perSecond)) throw new Error(`pgbench gives no figure: ${await complaints}`);
  const lines = (await complaints).split('\n').filter((line) => /error|aborted/.test(line));
  return { perSecond, complaints: lines };
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += chunk.toString();
  return text;
}
