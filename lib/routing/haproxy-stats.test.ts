import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseStatistics } from './haproxy-stats';

/** HAProxy 2.6.12, cut down to some columns. */
const answer = `# pxname,svname,qcur,scur,smax,stot,bin,bout,econ,eresp,status,weight,act,bck,lastchg,type,rate,check_status,check_duration,last_chk,last_agt,agent_status,agent_duration,
main:.2Fservice:alpha:read,FRONTEND,,2,5,40,100,200,,,OPEN,,,,,0,3,,,,,,,
main:.2Fservice:alpha:read,alpha-2,0,1,3,20,50,100,0,0,UP,25,1,0,7,2,1,* L7OK,4,,,L7OK,0,
main:.2Fservice:alpha:read,alpha-3,0,0,0,0,0,0,0,0,DOWN (agent),100,1,0,3,2,0,L4CON,0,"Connection refused, ""really""
at all",out by order,L7STS,1,
main:.2Fservice:alpha:read,BACKEND,0,1,3,20,50,100,0,0,UP,25,1,0,7,1,1,,,,,,,

`;

test('each row has what its line says under the names of the first', () => {
  const [port, second, third, backend] = parseStatistics(answer);
  expect(port).toMatchObject({
    kind: 'frontend',
    status: 'OPEN',
    sessions: 2,
    mostSessions: 5,
    totalSessions: 40,
    sessionRate: 3,
  });
  expect(second).toEqual({
    proxy: 'main:.2Fservice:alpha:read',
    server: 'alpha-2',
    kind: 'server',
    status: 'UP',
    weight: 25,
    active: 1,
    backup: 0,
    sessions: 1,
    mostSessions: 3,
    totalSessions: 20,
    sessionRate: 1,
    queued: 0,
    connectionErrors: 0,
    responseErrors: 0,
    bytesIn: 50,
    bytesOut: 100,
    sinceChange: 7,
    check: { status: '* L7OK', durationMs: 4, last: null },
    agent: { status: 'L7OK', durationMs: 0, last: null },
  });
  expect(third?.check.last).toBe('Connection refused, "really"\nat all');
  expect(third?.agent).toEqual({ status: 'L7STS', durationMs: 1, last: 'out by order' });
  expect(backend).toMatchObject({ server: 'BACKEND', kind: 'backend', sinceChange: 7 });
});

test('what is missing is null and never 0', () => {
  const [port] = parseStatistics(answer);
  expect(port).toMatchObject({ weight: null, queued: null, connectionErrors: null });
  const [bare] = parseStatistics('# pxname,svname,of a later version,scur\na,b,x,none\n');
  expect(bare).toMatchObject({ proxy: 'a', server: 'b', kind: null, sessions: null, status: null });
  expect(parseStatistics('# svname,pxname\nb,a')).toMatchObject([{ proxy: 'a', server: 'b' }]);
});

test('an answer that is none has no rows', () => {
  for (const text of ['', '\n', 'Unknown command: show stats', '# a,b\n1,2\n']) {
    expect(parseStatistics(text)).toEqual([]);
  }
});

test('whatever stands in a cell between quotes comes back', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (check, agent) => {
      const cell = (text: string) => `"${text.replaceAll('"', '""')}"`;
      const text = `# pxname,svname,last_chk,last_agt,\np,s,${cell(check)},${cell(agent)},\n`;
      const [row] = parseStatistics(text);
      expect(row?.check.last).toBe(check || null);
      expect(row?.agent.last).toBe(agent || null);
    }),
  );
});
