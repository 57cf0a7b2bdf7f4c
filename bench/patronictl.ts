import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '@/sandbox';

/** Writes what patronictl needs to find a sandbox's clusters. @returns the file's path */
export function patronictlConfig(sandbox: Sandbox): string {
  const file = join(sandbox.root, 'patronictl.yml');
  const hosts = sandbox.connectString.split(',').map((host) => `'${host}'`);
  writeFileSync(file, `namespace: /service/\nzookeeper:\n  hosts: [${hosts.join(', ')}]\n`);
  return file;
}
