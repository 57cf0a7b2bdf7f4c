import { createServer, type ServerResponse } from 'node:http';
import { answer, argument } from './answer';

/** The smallest server that writes the same bytes to everybody who listens, so often a second. */
const { event, perSecond } = argument<{ event: string; perSecond: number }>();
const responses = new Set<ServerResponse>();
const server = createServer((_, response) => {
  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store, no-transform',
  });
  response.write(': hello\n\n');
  responses.add(response);
  response.on('close', () => responses.delete(response));
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const [before = '', after = ''] = event.split(/(?<="written":")\d+/);
setInterval(() => {
  const bytes = Buffer.from(`${before}${process.hrtime.bigint()}${after}`);
  for (const response of responses) response.write(bytes);
}, 1000 / perSecond);

const address = server.address();
answer({ port: () => (typeof address === 'object' ? address?.port : null) });
