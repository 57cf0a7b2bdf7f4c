import type { LagPoint } from '@/lib/topology/event';

/** Members of each cluster; all of them have figures. */
const MEMBERS = ['pg-a', 'pg-b', 'pg-c'];
/** So many different seconds there are; not a part of a minute, so that no two minutes are alike. */
const PATTERNS = 97;

export interface SampledCluster {
  readonly id: string;
  readonly members: readonly string[];
  /** Its place in each second, milliseconds: polls are spread evenly. */
  readonly place: number;
  /** What is sampled of it, one second after the other and again from the start. */
  readonly seconds: readonly Readonly<Record<string, LagPoint>>[];
}

/** A fleet that is sampled every second: made before anything is measured. */
export function sampledFleet(prefix: string, clusters: number): SampledCluster[] {
  return Array.from({ length: clusters }, (_, n) => ({
    id: `main~.2Fservice~${prefix}-${String(n + 1).padStart(4, '0')}`,
    members: MEMBERS,
    place: Math.floor((n * 1000) / clusters),
    seconds: Array.from({ length: PATTERNS }, (_, second) =>
      Object.fromEntries(
        MEMBERS.map((member, which) => [member, pointOf(n * 3 + which, second)] as const),
      ),
    ),
  }));
}

/** Behind by kilobytes, at times by megabytes; one in ten doesn't know what was written and flushed. */
function pointOf(member: number, second: number): LagPoint {
  const burst = (second + member) % 30 < 5 ? 200 : 1;
  const bytes = (most: number) => Math.floor(Math.random() * most * burst);
  const [sent, known] = [bytes(2000), member % 10 !== 9];
  const write = sent + bytes(8000);
  const flush = write + bytes(8000);
  const replay = flush + bytes(40_000);
  return {
    sent,
    write: known ? write : null,
    flush: known ? flush : null,
    replay,
    ms: replay / 400 + Math.random(),
  };
}
