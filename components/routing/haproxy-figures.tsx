import type { ServerFigures } from '@/lib/routing/view';

const portWords: Readonly<Record<ServerFigures['port'], string>> = {
  read: 'reads',
  write: 'writes',
  'last-resort': 'last resort',
};

/** What HAProxy itself says of a member, port by port; nothing where no HAProxy tells. */
export function HaproxyFigures({
  servers,
  member,
}: {
  servers: readonly ServerFigures[];
  member: string;
}) {
  const own = servers.filter((one) => one.member === member);
  if (own.length === 0) return null;
  return (
    <details className="mt-1 text-sm">
      <summary className="cursor-pointer text-accent">What HAProxy says</summary>
      <ul className="mt-1 flex flex-col gap-1">
        {own.map((one) => (
          <li
            key={`${one.agent} ${one.port}`}
            className="grid grid-cols-[6rem_minmax(0,1fr)] gap-x-2 tabular-nums"
          >
            <span className="text-muted">{portWords[one.port]}</span>
            <span className="[overflow-wrap:anywhere]">
              {[
                one.status,
                `weight ${known(one.weight)}`,
                `${known(one.sessions)} sessions`,
                `${known(one.sessionsPerSecond)}/s`,
                `${known(one.queue)} queued`,
                `${known(one.errors)} errors`,
                one.check === null ? 'no check' : `check: ${one.check}`,
              ].join(' · ')}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}

const known = (value: number | null): string => (value === null ? 'unknown' : String(value));
