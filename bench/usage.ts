import { readFileSync } from 'node:fs';

/** The kernel counts a process's time in hundredths of a second. */
const TICKS_PER_SECOND = 100;

/** CPU seconds that a process has used, of all its threads, in user and kernel mode. */
export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** Resident memory in MB. */
export function rssMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) / 1024;
}

/** Seconds on the clock that all processes of this machine share. */
export function now(): number {
  return Number(process.hrtime.bigint()) / 1e9;
}

/** Starts to measure; the answer tells the percentage of one core used since. */
export function cpuMeter(pid: number): () => number {
  const [cpu, began] = [cpuSeconds(pid), now()];
  return () => ((cpuSeconds(pid) - cpu) / (now() - began)) * 100;
}
