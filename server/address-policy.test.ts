import { describe, expect, test } from 'vitest';
import { addressPolicy } from './address-policy';
import { privateNetworks } from './config-schema';

const policy = (rewrite = {}) => addressPolicy(privateNetworks, rewrite);

describe('where credentials may go', () => {
  test.each(['127.0.0.1', '127.9.9.9', '10.1.2.3', '172.31.0.1', '192.168.1.1', '::1', 'fd12::1'])(
    'to loopback and private networks by default: %s',
    async (host) => {
      expect(await policy().check({ host, port: 5432 })).toEqual({
        is: 'allowed',
        endpoint: { host, ip: host, port: 5432 },
      });
    },
  );

  test.each(['8.8.8.8', '172.32.0.1', '169.254.169.254', '2001:db8::1', '0.0.0.0'])(
    'and nowhere else: %s',
    async (host) => {
      const answer = await policy().check({ host, port: 5432 });
      expect(answer.is).toBe('refused');
      if (answer.is === 'refused') expect(answer.says).toContain(host);
    },
  );

  test('an IPv4 address in IPv6 clothes is judged as what it is', async () => {
    expect((await policy().check({ host: '::ffff:8.8.8.8', port: 5432 })).is).toBe('refused');
  });

  test('a name is judged by its address, and it is that address that is connected to', async () => {
    const answer = await policy().check({ host: 'localhost', port: 5432 });
    expect(answer).toMatchObject({ is: 'allowed', endpoint: { host: 'localhost', port: 5432 } });
    const strict = addressPolicy(['10.0.0.0/8'], {});
    expect((await strict.check({ host: 'localhost', port: 5432 })).is).toBe('refused');
  });

  test('what is rewritten is judged by where it leads, not by where it came from', async () => {
    const rewrite = { '10.0.0.1:5432': '127.0.0.1:15432', '10.0.0.2': '8.8.8.8' };
    expect(await policy(rewrite).check({ host: '10.0.0.1', port: 5432 })).toMatchObject({
      endpoint: { ip: '127.0.0.1', port: 15432 },
    });
    expect(await policy(rewrite).check({ host: '10.0.0.1', port: 5433 })).toMatchObject({
      endpoint: { ip: '10.0.0.1', port: 5433 },
    });
    expect((await policy(rewrite).check({ host: '10.0.0.2', port: 5432 })).is).toBe('refused');
  });

  test('a name without an address is an error, not an answer', async () => {
    await expect(policy().check({ host: 'no-such-host.invalid', port: 1 })).rejects.toThrow();
  });
});
