import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import pino from 'pino';
import { Failure } from '@/lib/errors';
import type { OperationRequest } from '@/lib/operations/types';
import type { Wish } from '@/lib/operations/wish';
import type { ClusterId } from '@/lib/topology/cluster-id';
import { loadConfig } from '../config';
import { createRuntime } from '../runtime';

/**
 * For tests: a Howdah as a process of its own, which is asked on its standard input, a line of JSON
 * each, and answers on its standard output. It can be told to kill itself at the n-th thing that it
 * sends about an operation, before it is sent or right after.
 */
interface Asked {
  readonly n: number;
  readonly judge?: { readonly cluster: ClusterId; readonly wish: Wish };
  readonly start?: OperationRequest;
  readonly list?: ClusterId;
}

const [at, when] = (process.argv[2] ?? '').split(' ');
const config = loadConfig(process.env);
const { operations, ...runtime } = await begin();

async function begin() {
  const created = createRuntime({
    ...{ config, build: 'test', log: pino({ level: 'fatal' }), onSettled: () => {} },
    peer: () => ({ address: '127.0.0.1' }),
    secret: 'a secret that only this test has'.padEnd(43, '.'),
  });
  created.start();
  return { operations: created.operations, close: () => created.close() };
}

/** Counts what is sent about operations from now on: to ZooKeeper, and to Patroni. */
function dieAt(fatal: number): void {
  const write = Socket.prototype.write;
  let sent = 0;
  const die = () => process.kill(process.pid, 'SIGKILL');
  Socket.prototype.write = function counted(this: Socket, ...args: unknown[]) {
    const [data] = args;
    const text = data instanceof Uint8Array ? Buffer.from(data).toString('latin1') : String(data);
    if (/\/howdah\/operations|^(POST|DELETE) \//.test(text)) sent += 1;
    if (sent === fatal && when === 'before') die();
    const result = Reflect.apply(write, this, args);
    if (sent === fatal && when === 'after') setImmediate(die);
    return result;
  } as typeof write;
}

async function answer({ judge, start, list }: Asked): Promise<unknown> {
  if (judge) return operations.preflight(judge.cluster, judge.wish);
  if (list !== undefined) return operations.list(list);
  if (!start) throw new Error('nothing is asked');
  if (at) dieAt(Number(at));
  return operations.start(start, null);
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const asked = JSON.parse(line) as Asked;
  const say = (said: object) =>
    process.stdout.write(`${JSON.stringify({ n: asked.n, ...said })}\n`);
  answer(asked).then(
    (value) => say({ value }),
    (error: unknown) => {
      const code = error instanceof Failure ? error.code : 'internal';
      say({ error: { code, message: String(error) } });
    },
  );
});
process.once('SIGTERM', () => void runtime.close().then(() => process.exit(0)));
// Timers of the runtime keep no process alive.
setInterval(() => {}, 60_000);
