import { serverCpuSeconds } from '../server-cpu';
import { now } from '../usage';

/** What a piece of work cost, seconds. */
export interface Cost {
  readonly wall: number;
  /** Of the process that did it, all of its threads. */
  readonly cpu: number;
  /** Of the server that it asked, all of its processes. */
  readonly server: number;
}

export async function costOf(postmaster: number, work: () => Promise<unknown>): Promise<Cost> {
  const [began, cpu, server] = [now(), process.cpuUsage(), serverCpuSeconds(postmaster)];
  await work();
  const used = process.cpuUsage(cpu);
  return {
    wall: now() - began,
    cpu: (used.user + used.system) / 1e6,
    server: serverCpuSeconds(postmaster) - server,
  };
}
