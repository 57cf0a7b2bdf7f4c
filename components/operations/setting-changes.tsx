import type { SettingChange } from '@/lib/operations/settings';

/** What differs between two configurations, setting by setting. */
export function SettingChanges({ changes }: { changes: readonly SettingChange[] }) {
  if (changes.length === 0) return null;
  return (
    <section aria-labelledby="changes-title" className="flex flex-col gap-2">
      <h3 id="changes-title" className="font-semibold">
        What changes
      </h3>
      <ul className="divide-y divide-line rounded-md border border-line">
        {changes.map(({ path, from, to }) => (
          <li key={path} data-testid="setting-change" className="px-3 py-1.5">
            <span className="font-mono text-sm break-all">{path}</span>
            <span className="block font-mono text-sm break-all">
              <span className="text-critical">{from ?? 'not set'}</span> →{' '}
              <span className="text-good">{to ?? 'not set'}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
