import { isZooKeeperError } from '@/lib/errors';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { PatroniPort } from '@/server/ports';
import { decode } from './decode';
import { readFailover, readLeader } from './parse';
import { postSwitchover } from './rest';

/** Patroni as operations know it: its znodes and its REST API. */
export function patroniCommands(): PatroniPort {
  return {
    async leader(access, key) {
      const path = `${clusterPath(key)}/leader`;
      await access.sync(path);
      const found = decode(await access.data(path, false), readLeader);
      return found.is === 'ok' ? { name: found.value.name, czxid: found.stat.czxid } : null;
    },

    switchover: (apiUrl, body, settings) => postSwitchover({ apiUrl, body, settings }),

    async switchoverByZnode(access, key, { leader, candidate }) {
      const path = `${clusterPath(key)}/failover`;
      await access.sync(path);
      const raw = await access.data(path, false);
      const current = decode(raw, readFailover);
      if (current.is === 'unreadable' || (current.is === 'ok' && current.value)) return 'occupied';
      const data = Buffer.from(JSON.stringify({ leader, member: candidate }));
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
  };
}
