import { expect, test } from 'vitest';
import { createLog } from './log';

function logged(write: (log: ReturnType<typeof createLog>) => void): string {
  let lines = '';
  const log = createLog('debug', {
    write: (line) => {
      lines += line;
    },
  });
  write(log);
  return lines;
}

test('an error is logged without what it quotes', () => {
  const cause = Object.assign(new Error('can not connect to postgres://u:hunter2@h/db'), {
    input: 'postgres://u:hunter2@h/db',
    connectionParameters: { user: 'u', password: 'hunter2' },
  });
  const line = logged((log) => log.error({ err: new Error('lost', { cause }) }, 'in vain'));
  expect(line).not.toContain('hunter2');
  expect(JSON.parse(line)).toMatchObject({ msg: 'in vain', level: 50 });
  expect(line).toContain('postgres://u:…@h/db');
});

test('a sentence is logged without what it quotes, and otherwise as it is', () => {
  expect(logged((log) => log.warn("its conninfo is host=h password='hunter2'"))).not.toContain(
    'hunter2',
  );
  const plain = logged((log) => log.info('Howdah answers on http://127.0.0.1:8087'));
  expect(JSON.parse(plain).msg).toBe('Howdah answers on http://127.0.0.1:8087');
});
