import type { OperationView, ThroughProxy } from '@/lib/operations/types';
import type { Clock, WritePort, WriteSettings } from '../ports';
import { AFTERWARDS_MS, LONGEST_MS, startWriteOutage } from './write-outage';

/** Whose run it is, and what it is told. */
export interface ThroughAbout {
  readonly run: Pick<OperationView, 'id' | 'startedAt'>;
  /** When the run ended; null: it goes on. */
  readonly overAt: () => number | null;
  readonly tell: (through: ThroughProxy) => Promise<void> | void;
}

interface Parts extends ThroughAbout {
  readonly clock: Clock;
  readonly writes: WritePort;
  readonly settings: WriteSettings;
  /** The proxy's port for writes, e.g. "haproxy:5000". */
  readonly address: string;
}

const LOOK_MS = 250;

/**
 * Tries to write through a proxy as its clients do, and tells when the first write after a change of
 * leadership was confirmed. Ends by itself a while after the run has.
 */
export function followThroughProxy(parts: Parts): void {
  const { clock, writes, settings, address, run, overAt, tell } = parts;
  const trying = startWriteOutage({
    ...{ clock, writes, settings, table: settings.table, id: `${run.id} through` },
    members: () => [{ name: address, connUrl: `postgres://${address}` }],
  });
  let told = '';
  const look = async () => {
    const { outages, longestMs, since } = trying.current();
    const backAt = since === null ? (outages.at(-1)?.endedAt ?? null) : null;
    const now: ThroughProxy = { address, backAt, outageMs: longestMs, isOut: since !== null };
    if (JSON.stringify(now) !== told) {
      told = JSON.stringify(now);
      await tell(now);
    }
    const over = overAt();
    const late = over !== null && clock.now() - over > AFTERWARDS_MS;
    if ((over !== null && backAt !== null) || late || clock.now() - run.startedAt > LONGEST_MS) {
      trying.stop();
      return;
    }
    clock.after(LOOK_MS, () => void look());
  };
  clock.after(LOOK_MS, () => void look());
}
