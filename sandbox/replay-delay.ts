import { readFileSync, writeFileSync } from 'node:fs';

interface PatroniFile {
  postgresql: { recovery_conf?: Record<string, string> };
}

/**
 * Sets recovery_min_apply_delay in a member's Patroni configuration; Patroni takes it over when it
 * reloads. It can't be set in PostgreSQL itself: Patroni removes it there within a loop.
 *
 * @param ms milliseconds, 0 for none.
 */
export function writeReplayDelay(patroniFile: string, ms: number): void {
  const config = JSON.parse(readFileSync(patroniFile, 'utf8')) as PatroniFile;
  config.postgresql.recovery_conf = ms > 0 ? { recovery_min_apply_delay: `${ms}ms` } : {};
  // In place: the file keeps its owner, which is Patroni's user.
  writeFileSync(patroniFile, JSON.stringify(config, null, 2));
}
