import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The build these pages belong to, as the server names it in its first frame. */
export const build: string | null =
  process.env.NODE_ENV === 'development' ? 'dev' : readBuild(path.join('.next', 'BUILD_ID'));

function readBuild(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}
