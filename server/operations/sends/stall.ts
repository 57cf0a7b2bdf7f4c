/** A process that stood still for longer than this between its check and its act checks again. */
export const STALL_MS = 1000;
/** So often, and no more: where that is too slow, nothing is sent. */
export const MOST_CHECKS = 3;

/**
 * Runs once what a guard has let pass has left, which is in the same turn of the event loop. Work
 * before that would only lengthen the way from the check to the sending, in which a process may be
 * frozen.
 */
export const onceSent = (task: () => void): void => void setImmediate(task);
