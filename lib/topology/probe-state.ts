import type { ProbeFailure, ProbeSample } from './sample';

/** What the probe knows of one member: the last answer, and why there is no newer one. */
export interface ProbeState {
  readonly sample: ProbeSample | null;
  readonly failure: ProbeFailure | null;
  readonly failingSince: number | null;
}

export const unprobed: ProbeState = { sample: null, failure: null, failingSince: null };

/** The sample, if the last attempt brought it. */
export function currentSample(probe: ProbeState): ProbeSample | null {
  return probe.failure === null ? probe.sample : null;
}
