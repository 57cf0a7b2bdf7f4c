import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { findPorts, serverPortRange } from './ports';

test('servers listen outside the range of outgoing connections', () => {
  expect(serverPortRange({ first: 32_768, last: 60_999 })).toEqual({ first: 20_000, last: 31_999 });
  expect(serverPortRange({ first: 15_000, last: 65_535 })).toEqual({ first: 5_500, last: 14_999 });
  expect(serverPortRange({ first: 1_024, last: 60_000 })).toEqual({ first: 60_001, last: 65_535 });
});

test('ports are distinct, and neither in use nor reserved', async () => {
  const server = createServer();
  const [busy = 0] = await findPorts(1);
  await new Promise<void>((resolve) => server.listen(busy, '127.0.0.1', resolve));
  try {
    const range = { first: busy, last: busy + 30 };
    const found = await findPorts(10, new Set([busy + 1]), range);
    expect(new Set(found).size).toBe(10);
    expect(found).not.toContain(busy);
    expect(found).not.toContain(busy + 1);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
});

test('a range with too few free ports is said', async () => {
  const range = { first: 20_000, last: 20_001 };
  await expect(findPorts(3, new Set([20_000]), range)).rejects.toThrow(/of 3 ports are free/);
});
