import { readFileSync } from 'node:fs';

/** Reads the files that settings name, and collects a sentence for each that can't be read. */
export class SecretReader {
  readonly mistakes: string[] = [];

  /** The text of a file; null where none is named. */
  text(path: string | undefined, setting: string): string | null {
    if (path === undefined) return null;
    try {
      return readFileSync(path, 'utf8');
    } catch {
      this.mistakes.push(`${setting} is "${path}": that file can't be read.`);
      return null;
    }
  }

  /** A password given in place, or else by its file, whose last line break doesn't count. */
  password(
    given: { readonly password?: string | undefined; readonly passwordFile?: string | undefined },
    setting: string,
  ): string | null {
    if (given.password !== undefined) return given.password;
    return this.text(given.passwordFile, `${setting}.passwordFile`)?.replace(/\r?\n$/, '') ?? null;
  }
}
