/**
 * What the shared worker is called: tabs of one build and one session share one. Whoever signs in
 * next has another, which knows nothing, and pages of another build can't misread its frames.
 */
export const workerName = (build: string, session: string): string => `${build} ${session}`;

/** The build that a worker of that name belongs to; null: it doesn't say. */
export const buildIn = (name: string): string | null => name.split(' ')[0] || null;
