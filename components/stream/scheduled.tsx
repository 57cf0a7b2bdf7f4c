import { exactMoment, moment } from './moment';

/** A moment that somebody wrote into ZooKeeper: as it is written, where it is none. */
export function Scheduled({ at: text }: { at: string }) {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return <span className="break-all">{text}</span>;
  return (
    <time dateTime={new Date(at).toISOString()} title={exactMoment(at)}>
      {moment(at)}
    </time>
  );
}
