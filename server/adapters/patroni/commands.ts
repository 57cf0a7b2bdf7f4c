import { isZooKeeperError } from '@/lib/errors';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { PatroniPort } from '@/server/ports';
import { decode } from './decode';
import { readFailover, readLeader } from './parse';
import { reach } from './reach';
import { ask } from './rest';

/** Patroni as operations know it: its znodes and its REST API. */
export function patroniCommands(): PatroniPort {
  return {
    async state(access, key) {
      const path = clusterPath(key);
      // What one connection reads after a sync is no older than that, whatever it reads.
      await access.sync(`${path}/leader`);
      const [leads, request, config] = await Promise.all([
        access.data(`${path}/leader`, false),
        access.data(`${path}/failover`, false),
        access.data(`${path}/config`, false),
      ]);
      const leader = decode(leads, readLeader);
      const pending = decode(request, readFailover);
      const none = pending.is === 'absent' || (pending.is === 'ok' && pending.value === null);
      return {
        leader: leader.is === 'ok' ? { name: leader.value.name, czxid: leader.stat.czxid } : null,
        requestVersion: none ? null : (request?.stat.version ?? null),
        configVersion: config?.stat.version ?? null,
      };
    },

    ask,
    reach,

    async writeRequest(access, key, { body, leaderCzxid, holds }) {
      const { leader, candidate, scheduled_at } = body;
      const path = `${clusterPath(key)}/failover`;
      await access.sync(path);
      // In this order: a version that is no newer than the leadership it is checked with.
      const [raw, leads] = await Promise.all([
        access.data(path, false),
        access.data(`${clusterPath(key)}/leader`, false),
      ]);
      const now = decode(leads, readLeader);
      if ((now.is === 'ok' ? now.stat.czxid : null) !== leaderCzxid) return 'moved';
      const current = decode(raw, readFailover);
      if (current.is === 'unreadable' || (current.is === 'ok' && current.value)) return 'occupied';
      if (!holds()) return 'stale';
      // What is undefined is left out.
      const data = Buffer.from(JSON.stringify({ leader, member: candidate, scheduled_at }));
      try {
        // Exact versions: Patroni's own writes are unconditional, ours never are.
        if (raw) await access.set(path, data, raw.stat.version);
        else await access.create(path, data);
        return 'written';
      } catch (error) {
        if (isZooKeeperError(error, 'bad-version') || isZooKeeperError(error, 'exists'))
          return 'occupied';
        throw error;
      }
    },

    async clearRequest(access, key, version) {
      try {
        await access.set(`${clusterPath(key)}/failover`, Buffer.from('{}'), version);
        return 'cleared';
      } catch (error) {
        if (isZooKeeperError(error, 'bad-version') || isZooKeeperError(error, 'no-node'))
          return 'moved';
        throw error;
      }
    },
  };
}
