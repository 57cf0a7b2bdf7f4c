import { createServer, request } from 'node:http';
import { known } from '../signed-in';
import { answer, argument } from './answer';

/** A page that receives and parses what the product's page gets, and shows nothing. */
const { url } = argument<{ url: string }>();
const PAGE = `<!doctype html><title>hand</title><script>
  window.events = 0;
  const source = new EventSource('/api/stream?topics=fleet');
  source.onmessage = (event) => { JSON.parse(event.data); window.events += 1; };
</script>`;

const server = createServer((asked, response) => {
  if (!asked.url?.startsWith('/api/stream')) {
    response.writeHead(200, { 'content-type': 'text/html' });
    response.end(PAGE);
    return;
  }
  const onward = request(new URL(asked.url, url), { headers: known() }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.headers);
    answered.pipe(response);
  });
  onward.end();
  response.on('close', () => onward.destroy());
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const address = server.address();

answer({ port: () => (typeof address === 'object' ? address?.port : null) });
