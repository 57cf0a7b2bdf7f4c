import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContextOptions, type Server as TlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { ConfigError } from '../config';

export interface TlsFiles {
  readonly cert: string;
  readonly key: string;
}

/** What Node wants to speak TLS by these files, as they are now. Throws `ConfigError`. */
export function readTls({ cert, key }: TlsFiles): SecureContextOptions {
  try {
    const options: SecureContextOptions = {
      cert: readFileSync(cert),
      key: readFileSync(key),
      minVersion: 'TLSv1.2',
    };
    // Throws for what is no certificate, and for a key that belongs to another.
    createSecureContext(options);
    return options;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError([
      `listen.tls can't be used: ${why} (certificate ${cert}, key ${key}, both PEM).`,
    ]);
  }
}

/**
 * Takes the files up again whenever SIGHUP comes, so that a renewed certificate needs no restart:
 * connections that are open stay. What can't be used leaves everything as it was.
 */
export function renewOnHangup(server: TlsServer, files: TlsFiles, log: Logger): void {
  process.on('SIGHUP', () => {
    try {
      server.setSecureContext(readTls(files));
      log.info('the certificate has been read again');
    } catch (error) {
      log.error({ err: error }, 'the certificate stays as it was');
    }
  });
}
