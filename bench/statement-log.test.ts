import { expect, test } from 'vitest';
import { parseStatementLog } from './statement-log';

const log = `2026-11-24 11:00:00.500 UTC [unknown] LOG:  connection received
2026-11-24 11:00:01.002 UTC howdah LOG:  duration: 2.000 ms  statement: 
\tselect 1 as one,
\t       2 as two
2026-11-24 11:00:01.102 UTC howdah LOG:  duration: 0.100 ms  bind howdah_0a1b: select 3
2026-11-24 11:00:01.202 UTC howdah LOG:  duration: 0.250 ms  execute howdah_0a1b: select 3
2026-11-24 11:00:01.302 UTC other LOG:  checkpoint starting: time
`;

test('a statement is timed from when it began, with all its lines', () => {
  const logged = parseStatementLog(log);
  expect(logged.map(({ step, application }) => [step, application])).toEqual([
    ['statement', 'howdah'],
    ['bind', 'howdah'],
    ['execute', 'howdah'],
  ]);
  expect(logged[0]).toMatchObject({
    at: Date.parse('2026-11-24T11:00:01.000Z'),
    ms: 2,
    text: '\nselect 1 as one,\n       2 as two',
  });
  expect(logged[2]?.text).toBe('select 3');
});
