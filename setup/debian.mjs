import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Problem, run } from './steps.mjs';

/**
 * What is needed, by Debian package, with the file that proves that it is there.
 * libzookeeper-java holds the server; the package zookeeper would add a desktop's worth of Java.
 */
const NEEDS = [
  { name: 'default-jre-headless', there: () => onPath('java') },
  { name: 'libzookeeper-java', there: () => existsSync('/usr/share/java/zookeeper.jar') },
  { name: 'patroni', there: () => onPath('patroni') },
  { name: 'python3-kazoo', there: hasKazoo },
  { name: 'postgresql', there: hasPostgres },
  { name: 'haproxy', there: hasHaproxy },
  { name: 'chromium', there: hasChromium, only: ['test', 'bench'] },
];

/** @param {string} version as in process.versions.node */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if ((major === 20 && minor >= 9) || (major === 22 && minor >= 12) || major > 22) return;
  throw new Problem(`Howdah needs Node 20.9 or later, or 22.12 or later; this is ${version}`);
}

/** @param {string} mode @returns {string[]} the packages to install */
export function missingPackages(mode) {
  return NEEDS.filter((need) => !need.only || need.only.includes(mode))
    .filter((need) => !need.there())
    .map(({ name }) => name);
}

/**
 * Installs as root or by sudo.
 *
 * @param {string[]} packages
 * @param {string[]} log
 */
export async function installDebianPackages(packages, log) {
  const said = `these Debian packages are missing: ${packages.join(' ')}`;
  if (!onPath('apt-get')) throw new Problem(`This is no Debian: install what ${said}`);
  const root = process.getuid?.() === 0;
  if (!root && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status !== 0) {
    throw new Problem(`Run \`sudo apt-get install ${packages.join(' ')}\` first: ${said}`);
  }
  const [command, ...prefix] = root ? ['sh'] : ['sudo', '-n', 'sh'];
  const args = [...prefix, '-c', INSTALL, 'sh', ...packages];
  await run(command, args, { log, what: `apt-get install ${packages.join(' ')}` });
}

/**
 * Installing PostgreSQL also makes a cluster `main` and starts it, and installing HAProxy starts its
 * service, which nobody asked for here. So the one's setting is turned off meanwhile, and for the
 * other there is a policy against starting anything, unless the machine has one of its own. Nothing
 * that is installed is upgraded, since that would restart servers that run. Patroni's service starts
 * nothing without a configuration, and libzookeeper-java has no service.
 */
const INSTALL = `
set -e
export DEBIAN_FRONTEND=noninteractive
conf=/etc/postgresql-common/createcluster.conf
policy=/usr/sbin/policy-rc.d
turned_off= forbidden=
cleanup() {
  [ -z "$turned_off" ] || mv -f $conf.before-howdah $conf
  [ -z "$forbidden" ] || rm -f $policy
}
trap cleanup EXIT
trap 'exit 130' INT TERM HUP
apt-get update || echo "apt-get update failed; going on with the lists that are there"
install() { apt-get install -y --no-install-recommends --no-upgrade "$@"; }
case " $* " in *" postgresql "*)
  [ -f $conf ] || install postgresql-common
  if [ -f $conf ]; then
    cp -p $conf $conf.before-howdah
    turned_off=yes
    sed -i '/^ *create_main_cluster/d' $conf
    echo 'create_main_cluster = false' >> $conf
  fi
esac
case " $* " in *" haproxy "*)
  # Not over one that somebody else has put there.
  if (set -C; echo '#!/bin/sh' > $policy) 2> /dev/null; then
    forbidden=yes
    echo "# Howdah's setup put this here for as long as it installs packages: remove it if none does." >> $policy
    echo 'exit 101' >> $policy
    chmod 755 $policy
  fi
esac
install "$@"
case " $* " in *" haproxy "*)
  # Nor at the next start of the machine.
  if command -v systemctl > /dev/null; then systemctl disable haproxy || true; fi
esac
`;

function hasPostgres() {
  const base = '/usr/lib/postgresql';
  if (!existsSync(base)) return false;
  return readdirSync(base).some((version) => isExecutable(join(base, version, 'bin', 'pgbench')));
}

/** It is among the programs of root, which are not on everybody's path. */
function hasHaproxy() {
  return onPath('haproxy') || isExecutable('/usr/sbin/haproxy');
}

function hasKazoo() {
  const base = '/usr/lib/python3/dist-packages/kazoo';
  return (
    existsSync(base) ||
    spawnSync('python3', ['-c', 'import kazoo'], { stdio: 'ignore' }).status === 0
  );
}

function hasChromium() {
  return ['chromium', 'chromium-browser', 'google-chrome'].some(onPath);
}

function onPath(name) {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && isExecutable(join(folder, name)));
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
