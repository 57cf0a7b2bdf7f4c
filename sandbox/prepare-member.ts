import { chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ManagedProcess } from './managed-process';
import {
  bootstrapSql,
  dataFolder,
  memberFolder,
  type PatroniPlace,
  patroniConfig,
} from './patroni-config';
import { PatroniMember } from './patroni-member';

const PATRONI_FILE = 'patroni.yml';

/** Writes a member's folder and configuration. */
export function prepareMember(place: PatroniPlace): void {
  const { platform, sandbox, member, cluster } = place;
  const folder = memberFolder(sandbox.root, member.name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = {
    [PATRONI_FILE]: JSON.stringify(patroniConfig(place), null, 2),
    'bootstrap.sql': bootstrapSql(cluster),
  };
  const paths = [folder];
  for (const [file, text] of Object.entries(files)) {
    const path = join(folder, file);
    writeFileSync(path, text, { mode: 0o600 });
    paths.push(path);
  }
  const { user } = platform;
  if (user) for (const path of paths) chownSync(path, user.uid, user.gid);
}

/** Describes a member; nothing is started. */
export function describeMember({ platform, sandbox, member, cluster }: PatroniPlace) {
  const { root } = sandbox;
  const patroniFile = join(memberFolder(root, member.name), PATRONI_FILE);
  return new PatroniMember(member, {
    dataFolder: dataFolder(root, member.name),
    patroniFile,
    superuser: cluster.superuser,
    patroni: new ManagedProcess({
      root,
      name: `patroni-${member.name}`,
      user: platform.user,
      command: platform.patroni,
      args: [patroniFile],
    }),
  });
}
