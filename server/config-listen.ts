import { isIP } from 'node:net';
import { z } from 'zod';

const text = z.string().min(1);
const count = z.coerce.number().int().positive().max(100_000);

export const cidr = z
  .string()
  .refine(isNetwork, { message: 'a network is written like 10.0.0.0/8 or fd00::/8' });

function isNetwork(text: string): boolean {
  const [address = '', bits = '', ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  return Number(bits) <= (family === 6 ? 128 : 32);
}

export const isLoopback = (host: string): boolean =>
  /^(127(\.\d{1,3}){3}|::1|localhost)$/i.test(host);

/** Where people reach Howdah: a scheme, a host and perhaps a port, and nothing behind it. */
const origin = z
  .string()
  .refine((url) => /^https?:\/\/[^/?#@\s]+\/?$/i.test(url) && URL.canParse(url), {
    message: 'an address is written like https://howdah.example.org, without a path',
  })
  .transform((url) => new URL(url).origin);

/**
 * Where and how Howdah listens. What is not encrypted leaves the machine only on somebody's word:
 * sessions and everything that is shown travel there.
 */
export const listen = z
  .strictObject({
    host: z
      .string()
      .refine((host) => isIP(host) !== 0 || /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(host), {
        message: 'name an address of this machine, e.g. 127.0.0.1 or 0.0.0.0',
      })
      .default('127.0.0.1'),
    port: z.coerce.number().int().min(1).max(65535).default(8087),
    tls: z
      .strictObject({
        cert: z.string({ error: 'name the file of the certificate (HOWDAH_TLS_CERT)' }).min(1),
        key: z.string({ error: 'name the file of its key (HOWDAH_TLS_KEY)' }).min(1),
      })
      .optional(),
    plain: z
      .union([z.boolean(), z.stringbool()], { error: 'say true or false (yes or no)' })
      .default(false),
    url: origin.optional(),
    hosts: z.array(text).default([]),
    proxies: z
      .array(
        cidr.refine((network) => !network.endsWith('/0'), {
          message: 'a network of everybody would let everybody say who they are',
        }),
      )
      .default([]),
    mostStreams: count.default(2000),
    mostStreamsPerAddress: count.default(200),
  })
  .superRefine(({ host, tls, plain, url, proxies }, context) => {
    if (proxies.length > 0 && url === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['url'],
        message:
          'behind a proxy say under which address people come (HOWDAH_URL=https://howdah.example.org): by it cookies are kept to TLS',
      });
    }
    if (isLoopback(host) || tls !== undefined || plain) return;
    context.addIssue({
      code: 'custom',
      path: ['host'],
      message:
        'without TLS Howdah listens on loopback only: set listen.tls (HOWDAH_TLS_CERT and HOWDAH_TLS_KEY), or say listen.plain: true (HOWDAH_LISTEN_PLAIN=yes) where something else encrypts',
    });
  })
  .prefault({});
