import { cn } from './cn';

export type State = 'good' | 'attention' | 'critical' | 'unknown';

const colours: Record<State, string> = {
  good: 'text-good',
  attention: 'text-attention',
  critical: 'text-critical',
  unknown: 'text-unknown',
};

const words: Record<State, string> = {
  good: 'Good',
  attention: 'Attention',
  critical: 'Critical',
  unknown: 'Unknown',
};

/** The outline alone tells the state: disc, triangle, octagon, broken diamond. */
const shapes: Record<State, React.ReactNode> = {
  good: (
    <>
      <circle cx="8" cy="8" r="7" fill="currentColor" />
      <path className="state-mark" d="m4.8 8.3 2.2 2.2 4.2-4.6" fill="none" strokeWidth="1.8" />
    </>
  ),
  attention: (
    <>
      <path
        d="M8 1.2 15.4 14.4H.6Z"
        fill="currentColor"
        stroke="currentColor"
        strokeWidth="1"
        strokeLinejoin="round"
      />
      <path className="state-mark" d="M8 5.6v4.2M8 11.9v.6" fill="none" strokeWidth="1.8" />
    </>
  ),
  critical: (
    <>
      <path d="M4.9.7h6.2l4.2 4.2v6.2l-4.2 4.2H4.9L.7 11.1V4.9Z" fill="currentColor" />
      <path className="state-mark" d="m5.3 5.3 5.4 5.4m0-5.4-5.4 5.4" fill="none" strokeWidth="2" />
    </>
  ),
  unknown: (
    <>
      <path
        d="M8 1 15 8 8 15 1 8Z"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        strokeDasharray="3.3 1.65"
      />
      <path
        d="M6.4 6.7a1.7 1.7 0 1 1 2.3 1.6c-.5.2-.7.5-.7 1M8 11.1v.5"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
      />
    </>
  ),
};

/** Says the state's word to screen readers, unless the words beside it already do (`mute`). */
export function StateIcon({
  state,
  mute,
  className,
}: {
  state: State;
  mute?: boolean;
  className?: string;
}) {
  const label = mute ? { 'aria-hidden': true } : { role: 'img', 'aria-label': words[state] };
  return (
    // biome-ignore lint/a11y/noSvgWithoutTitle: its name is in `label`; a title would be a tooltip
    <svg
      viewBox="0 0 16 16"
      className={cn('size-4 shrink-0 [&_.state-mark]:stroke-surface', colours[state], className)}
      strokeLinecap="round"
      {...label}
    >
      {shapes[state]}
    </svg>
  );
}
