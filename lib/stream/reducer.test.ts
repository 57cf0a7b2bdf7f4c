import { expect, test } from 'vitest';
import type { HelloFrame, ProbingView } from './frames';
import { emptyStream, reduce } from './reducer';

const hello = (epoch: string): HelloFrame => ({
  ...{ type: 'hello', wire: 1, build: 'b', epoch, now: 0 },
});
const probing: ProbingView = {
  ...{ members: 7, unreachable: 0, connections: 7, mostConnections: 100, pollsPerSecond: 7 },
  ...{ waiting: 0, behind: null },
};

test('what counts all clusters is forgotten when the stream begins anew, and kept when it goes on', () => {
  const told = [hello('a'), { type: 'probing', probing } as const].reduce(reduce, emptyStream);
  expect(reduce(told, hello('a')).probing).toEqual(probing);
  expect(reduce(told, hello('a.less')).probing).toBeNull();
});
