// Makes this machine ready for `npm run demo|test|dev|bench`. It runs before `npm install`, so it uses
// nothing but Node. What is there already is left alone, so a second run takes milliseconds.
import { existsSync } from 'node:fs';
import { checkNode, installDebianPackages, missingPackages } from './debian.mjs';
import { installNodePackages, nodePackagesAreCurrent } from './node-packages.mjs';
import { Problem, step } from './steps.mjs';

const MODES = ['demo', 'test', 'dev', 'bench'];

async function main() {
  const mode = process.argv[2] ?? '';
  if (!MODES.includes(mode)) throw new Problem(`Usage: node setup/setup.mjs ${MODES.join('|')}`);
  checkNode(process.versions.node);
  if (!existsSync('package.json')) throw new Problem('Run this in the folder of Howdah');
  const packages = missingPackages(mode);
  if (packages.length > 0) {
    await step(`Installing ${packages.join(', ')}`, (log) => installDebianPackages(packages, log));
  }
  if (!nodePackagesAreCurrent()) {
    await step('Installing npm packages', (log) => installNodePackages(log));
  }
}

main().catch((error) => {
  process.stderr.write(`${error instanceof Problem ? error.message : (error.stack ?? error)}\n`);
  process.exitCode = 1;
});
