/** A process that stood still for longer than this between its check and its act checks again. */
export const STALL_MS = 1000;
/** So often, and no more: where that is too slow, nothing is sent. */
export const MOST_CHECKS = 3;
