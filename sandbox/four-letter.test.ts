import { expect, test } from 'vitest';
import { parseConnections, parseEphemerals } from './four-letter';

test('connections without a session are left out', () => {
  const text = ` /127.0.0.1:42162[0](queued=0,recved=1,sent=0)
 /127.0.0.1:42158[1](queued=0,recved=1,sent=1,sid=0x1000013287e0000,lop=SESS,est=1,to=10000,lcxid=0x0)
`;
  expect(parseConnections(text)).toEqual([
    { sessionId: '1000013287e0000', clientPort: 42158, timeoutMs: 10_000 },
  ]);
});

test('ephemerals are listed by session, whatever follows them', () => {
  const text = [
    'SessionTracker dump:',
    'Global Sessions(1):',
    '0x1000\t5000ms',
    'ephemeral nodes dump:',
    'Sessions with Ephemerals (2):',
    '0x1000:',
    '\t/service/a/leader',
    '\t/service/a/members/a-1',
    '0x2000:',
    '\t/service/a/members/a-2',
    'Connections dump:',
    '\tip: /127.0.0.1:1 sessionId: 0x1000',
  ].join('\n');
  expect(Object.fromEntries(parseEphemerals(text))).toEqual({
    1000: ['/service/a/leader', '/service/a/members/a-1'],
    2000: ['/service/a/members/a-2'],
  });
});
