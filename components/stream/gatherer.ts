import type { Frame } from '@/lib/stream/frames';
import type { StreamState } from '@/lib/stream/reducer';
import type { ClusterId } from '@/lib/topology/cluster-id';
import type { ClusterSummary } from '@/lib/topology/view';
import type { Timing } from './link';
import { areUrgentEnsembles, isNewLeader, isUrgentRow, isUrgentView } from './urgency';

/** Between two deliveries of what is not urgent. */
export const CALM_MS = 1000;

/**
 * Between two deliveries of what is urgent but for a new leader: where much breaks at once, one row
 * the sooner helps nobody, and hundreds of renders a second show nothing at all.
 */
export const HURRY_APART_MS = 500;

type ClusterFrame = Extract<Frame, { type: 'cluster' }>;
type RoutingFrame = Extract<Frame, { type: 'routing' }>;
type EnsemblesFrame = Extract<Frame, { type: 'ensembles' }>;
type ProbingFrame = Extract<Frame, { type: 'probing' }>;
type SamplesFrame = Extract<Frame, { type: 'samples' }>;
type FleetFrame = Extract<Frame, { type: 'fleet' }>;

export interface GathererParts extends Timing {
  /** The fold of all that was released. */
  state(): StreamState;
  release(frames: readonly Frame[]): void;
}

/**
 * Lets through at once what somebody waits for, and gathers the rest for a second: in a storm the
 * page then renders figures once a second, and each leader change by itself, whatever comes.
 *
 * What is gathered conflates: of a view only the newest is kept, so its size is that of the fleet
 * at most. After a quiet second nothing waits at all.
 */
export class Gatherer {
  readonly #parts: GathererParts;
  readonly #rows = new Map<ClusterId, ClusterSummary>();
  readonly #clusters = new Map<ClusterId, ClusterFrame>();
  readonly #routings = new Map<ClusterId, RoutingFrame>();
  readonly #samples = new Map<ClusterId, SamplesFrame>();
  #ensembles: EnsemblesFrame | null = null;
  #probing: ProbingFrame | null = null;
  #releasedAt = Number.NEGATIVE_INFINITY;
  #hurriedAt = Number.NEGATIVE_INFINITY;
  #scheduled = false;

  constructor(parts: GathererParts) {
    this.#parts = parts;
  }

  take(frame: Frame): void {
    const urgent = this.#sort(frame);
    if (urgent !== null) this.#parts.release([urgent]);
  }

  /** What of the frame can't wait; the rest is kept. */
  #sort(frame: Frame): Frame | null {
    switch (frame.type) {
      case 'beat':
        return null;
      case 'hello':
      case 'history':
      case 'operation':
      case 'events':
        return frame;
      case 'fleet':
        return this.#sortFleet(frame);
      case 'cluster':
        this.#clusters.delete(frame.id);
        if (isUrgentView(this.#parts.state().clusters.get(frame.id)?.view, frame.view)) {
          return frame;
        }
        this.#clusters.set(frame.id, frame);
        break;
      case 'samples': {
        const kept = this.#samples.get(frame.id);
        const merged = frame.reset || !kept ? frame : joined(kept, frame);
        this.#samples.set(frame.id, merged);
        break;
      }
      case 'routing':
        this.#routings.set(frame.id, frame);
        break;
      case 'ensembles':
        this.#ensembles = null;
        if (areUrgentEnsembles(this.#parts.state().ensembles, frame.ensembles)) return frame;
        this.#ensembles = frame;
        break;
      case 'probing':
        this.#probing = frame;
        break;
    }
    this.#soon();
    return null;
  }

  #sortFleet(frame: FleetFrame): Frame | null {
    if (frame.full) {
      this.#rows.clear();
      return frame;
    }
    const { fleet } = this.#parts.state();
    const now = this.#parts.now();
    const mayHurry = now - this.#hurriedAt >= HURRY_APART_MS;
    const urgent: ClusterSummary[] = [];
    for (const row of frame.changed) {
      const before = fleet.get(row.id);
      const led = isNewLeader(before, row);
      if (led || (mayHurry && isUrgentRow(before, row))) {
        if (!led) this.#hurriedAt = now;
        this.#rows.delete(row.id);
        urgent.push(row);
      } else this.#rows.set(row.id, row);
    }
    for (const id of frame.gone) this.#rows.delete(id);
    if (this.#rows.size > 0) this.#soon();
    if (urgent.length === frame.changed.length) return frame;
    return urgent.length + frame.gone.length === 0 ? null : { ...frame, changed: urgent };
  }

  #soon(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const wait = Math.max(0, this.#releasedAt + CALM_MS - this.#parts.now());
    this.#parts.after(Math.min(wait, CALM_MS), () => this.#releaseCalm());
  }

  #releaseCalm(): void {
    this.#scheduled = false;
    this.#releasedAt = this.#parts.now();
    const frames: Frame[] = [
      ...this.#clusters.values(),
      ...this.#routings.values(),
      ...this.#samples.values(),
    ];
    if (this.#ensembles) frames.push(this.#ensembles);
    if (this.#probing) frames.push(this.#probing);
    if (this.#rows.size > 0) {
      frames.push({ type: 'fleet', full: false, changed: [...this.#rows.values()], gone: [] });
    }
    this.#clusters.clear();
    this.#routings.clear();
    this.#samples.clear();
    this.#rows.clear();
    this.#ensembles = null;
    this.#probing = null;
    if (frames.length > 0) this.#parts.release(frames);
  }
}

function joined(kept: SamplesFrame, more: SamplesFrame): SamplesFrame {
  return { ...kept, samples: [...kept.samples, ...more.samples] };
}
