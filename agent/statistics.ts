import { connect } from 'node:net';

/** HAProxy answers within milliseconds; one that hangs is not waited for. */
const PATIENCE_MS = 2000;

/** What HAProxy prints for `show stat`, by its statistics socket. Throws with the reason. */
export function readStatistics(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    let text = '';
    const fail = (why: string) => {
      socket.destroy();
      reject(new Error(`HAProxy does not answer at ${path}: ${why}.`));
    };
    socket.setEncoding('utf8');
    socket.setTimeout(PATIENCE_MS, () => fail('it takes too long'));
    socket.on('connect', () => socket.write('show stat\n'));
    socket.on('data', (chunk: string) => {
      text += chunk;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', ({ message }) => fail(message));
  });
}

/** Servers whose own check fails, as "backend/server". What has no check is not among them. */
export function failingServers(csv: string): ReadonlySet<string> {
  const [header = '', ...lines] = csv.trim().split('\n');
  const names = header.replace(/^# /, '').split(',');
  const at = (name: string) => names.indexOf(name);
  const [proxy, server, check] = [at('pxname'), at('svname'), at('check_status')];
  return new Set(
    lines
      .map((line) => line.split(','))
      .filter((row) => !/^(L\dOK|L7OKC|UNK|INI|)$/.test(row[check]?.replace(/^\* /, '') ?? ''))
      .map((row) => `${row[proxy]}/${row[server]}`),
  );
}
