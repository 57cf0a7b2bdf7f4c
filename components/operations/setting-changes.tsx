import { Badge, type Tone } from '@/components/ui/badge';
import type { SettingEffect } from '@/lib/configuration/effects';

const effects: Record<SettingEffect['effect'], readonly [Tone, string]> = {
  restart: ['attention', 'needs a restart'],
  reload: ['plain', 'reload'],
  patroni: ['plain', 'Patroni heeds it'],
  ignored: ['unknown', 'ignored'],
  unknown: ['unknown', 'effect not known'],
};

/** What differs between two configurations, setting by setting, and what becomes of each. */
export function ChangeList({ changes }: { changes: readonly SettingEffect[] }) {
  return (
    <ul className="divide-y divide-line rounded-md border border-line">
      {changes.map(({ path, from, to, effect }) => (
        <li key={path} data-testid="setting-change" className="px-3 py-1.5">
          <span className="flex flex-wrap items-baseline justify-between gap-x-3">
            <span className="min-w-0 font-mono text-sm break-all">{path}</span>
            <Badge tone={effects[effect][0]}>{effects[effect][1]}</Badge>
          </span>
          <span className="block font-mono text-sm break-all">
            <span className="text-critical">{from ?? 'not set'}</span> →{' '}
            <span className="text-good">{to ?? 'not set'}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** The same with its head; nothing, where nothing differs. */
export function SettingChanges({ changes }: { changes: readonly SettingEffect[] }) {
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="changes-title" className="flex flex-col gap-2">
      <h3 id="changes-title" className="font-semibold">
        What changes
      </h3>
      <ChangeList changes={changes} />
    </section>
  );
}
