import { isZooKeeperError } from '@/lib/errors';
import { written } from '@/lib/operations/follow-configuration';
import { endAs } from '@/lib/operations/run';
import { clusterPath } from '@/lib/topology/cluster-id';
import type { Sending } from '../carry-out';

/** Writes the configuration over exactly the version that was seen. */
export async function writeConfiguration(sending: Sending): Promise<void> {
  const { handle, parts, guard } = sending;
  const { clock, key, access, bytes } = parts;
  const { configVersion } = handle.run().seen;
  if (bytes === null || configVersion === null) return;
  await parts.beforeWrite();
  if (!(await guard())) return;
  sending.sent = true;
  try {
    const stat = await access().set(`${clusterPath(key)}/config`, bytes, configVersion);
    const at = { version: stat.version, zxid: stat.mzxid, now: clock.now() };
    await handle.advance(written(handle.run(), at));
  } catch (error) {
    if (isZooKeeperError(error, 'bad-version') || isZooKeeperError(error, 'no-node')) {
      const says = 'Nothing was written: the configuration has changed meanwhile.';
      await handle.advance(endAs(handle.run(), ['refused', says], clock.now()));
      return;
    }
    if (isZooKeeperError(error, 'no-auth')) {
      const says = 'Nothing was written: ZooKeeper does not let Howdah write the configuration.';
      await handle.advance(endAs(handle.run(), ['refused', says], clock.now()));
      return;
    }
    // The answer is lost: whether it was written is seen by reading, and never assumed.
    throw error;
  }
}
