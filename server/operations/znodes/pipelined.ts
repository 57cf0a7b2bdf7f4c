/**
 * Does `work` for every item, begun in their order, with at most `width` under way. After a failure
 * nothing more is begun; it throws that failure once nothing is under way any more.
 */
export async function pipelined<T>(
  items: AsyncIterable<T>,
  width: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.asyncIterator]();
  const failures: unknown[] = [];
  const lane = async () => {
    while (failures.length === 0) {
      const next = await queue.next();
      if (next.done || failures.length > 0) return;
      await work(next.value);
    }
  };
  const lanes = Array.from({ length: width }, () =>
    lane().catch((error: unknown) => failures.push(error)),
  );
  await Promise.all(lanes);
  await queue.return?.();
  if (failures.length > 0) throw failures[0];
}
