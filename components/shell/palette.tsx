'use client';

import { Command } from 'cmdk';
import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { useEffect, useRef, useState } from 'react';
import { useMaySee } from '@/components/account/use-account';
import { useSignOut } from '@/components/account/use-sign-out';
import { useFollow, useStream } from '@/components/stream/use-stream';
import { StateIcon } from '@/components/ui/state-icon';
import { anywhere, onEverything } from '@/lib/access/who';
import { useShortcuts } from './shortcuts';

const itemLook =
  'flex min-h-9 cursor-pointer items-center gap-2 rounded-md px-2 data-[selected=true]:bg-accent-soft data-[disabled=true]:text-muted';
const groupLook =
  'p-1 [&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-muted';
/** Rendering a thousand items for nobody to read is slow; typing narrows them. */
const MOST = 200;

/** Every word must occur as it was typed: a guess is worse than nothing among a thousand names. */
function rank(value: string, search: string, keywords: string[] = [value]): number {
  const [name = '', ...rest] = keywords.length === 0 ? [value] : keywords;
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const text = [name, ...rest].join(' ').toLowerCase();
  if (!words.every((word) => text.includes(word))) return 0;
  const first = words[0] ?? '';
  return name.toLowerCase().startsWith(first) ? 1 : name.toLowerCase().includes(first) ? 0.7 : 0.3;
}

/** Every cluster, every member that is known, every command. */
export function Palette({ onDone }: { onDone: () => void }) {
  useFollow('fleet');
  const router = useRouter();
  const { setTheme } = useTheme();
  const { showHelp } = useShortcuts();
  const audit = useMaySee(anywhere('operator'));
  const accounts = useMaySee(onEverything('admin'));
  const fleet = useStream((stream) => stream.fleet);
  const { failure, leave } = useSignOut();
  const [selected, setSelected] = useState('');
  const [search, setSearch] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  // cmdk names the active item before it has rendered it, and so names none or one that is gone.
  // biome-ignore lint/correctness/useExhaustiveDependencies: after either has changed, look again
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const item = list.current?.querySelector('[cmdk-item][aria-selected="true"]');
      for (const element of [input.current, list.current]) {
        if (item) element?.setAttribute('aria-activedescendant', item.id);
        else element?.removeAttribute('aria-activedescendant');
      }
    });
    return () => cancelAnimationFrame(frame);
  }, [selected, search]);
  const run = (action: () => void) => () => {
    onDone();
    action();
  };
  const members = [...fleet.values()]
    .flatMap(({ id, name: cluster, key: { namespace }, members: { names } }) =>
      names.map((name) => ({ id, cluster, namespace, name })),
    )
    .filter(({ name, cluster }) => rank(name, search, [name, cluster]) > 0);
  return (
    <Command
      label="Search and commands"
      loop
      filter={rank}
      value={selected}
      onValueChange={setSelected}
      className="flex min-h-0 flex-col"
    >
      <Command.Input
        ref={input}
        autoFocus
        value={search}
        onValueChange={setSearch}
        placeholder="Cluster, member or command"
        className="h-12 w-full border-b border-line bg-surface px-4 text-base outline-none placeholder:text-muted"
      />
      {/* Open until it is done: that one is still signed in must not be overlooked. */}
      {failure !== null && (
        <p role="alert" className="border-b border-line bg-critical-soft px-4 py-2">
          {failure}
        </p>
      )}
      <Command.List ref={list} className="max-h-[60vh] min-h-0 overflow-auto p-1">
        <Command.Empty className="p-4 text-muted">Nothing is called that.</Command.Empty>
        <Command.Group heading="Clusters" className={groupLook}>
          {[...fleet.values()].slice(0, MOST * 5).map((row) => (
            <Command.Item
              key={row.id}
              value={`cluster ${row.id}`}
              keywords={[row.name, row.key.namespace, row.key.ensemble, row.leader ?? '']}
              className={itemLook}
              onSelect={run(() => router.push(`/cluster/${row.id}`))}
            >
              <StateIcon state={row.health} />
              <span className="min-w-0 flex-1 truncate">{row.name}</span>
              <span className="max-w-[50%] truncate text-sm text-muted">
                {row.key.ensemble} {row.key.namespace}
              </span>
            </Command.Item>
          ))}
        </Command.Group>
        {members.length > 0 && (
          <Command.Group heading="Members" className={groupLook}>
            {members.slice(0, MOST).map((member) => (
              <Command.Item
                key={`${member.id} ${member.name}`}
                value={`member ${member.id} ${member.name}`}
                keywords={[member.name, member.cluster]}
                className={itemLook}
                onSelect={run(() => router.push(`/cluster/${member.id}#members`))}
              >
                <span className="min-w-0 flex-1 truncate">{member.name}</span>
                <span className="max-w-[50%] truncate text-sm text-muted">
                  {member.cluster} in {member.namespace}
                </span>
              </Command.Item>
            ))}
          </Command.Group>
        )}
        <Command.Group heading="Commands" className={groupLook}>
          <Command.Item className={itemLook} onSelect={run(() => router.push('/'))}>
            Go to the fleet
          </Command.Item>
          <Command.Item className={itemLook} onSelect={run(() => router.push('/timeline'))}>
            Go to the timeline
          </Command.Item>
          <Command.Item className={itemLook} onSelect={run(() => router.push('/routing'))}>
            Go to routing
          </Command.Item>
          <Command.Item className={itemLook} onSelect={run(() => router.push('/reliability'))}>
            Go to reliability
          </Command.Item>
          <Command.Item className={itemLook} onSelect={run(() => router.push('/zookeeper'))}>
            Go to ZooKeeper
          </Command.Item>
          {audit && (
            <Command.Item className={itemLook} onSelect={run(() => router.push('/audit'))}>
              Go to the audit
            </Command.Item>
          )}
          {accounts && (
            <Command.Item className={itemLook} onSelect={run(() => router.push('/accounts'))}>
              Go to the accounts
            </Command.Item>
          )}
          <Command.Item className={itemLook} onSelect={run(() => router.push('/account'))}>
            Go to your account
          </Command.Item>
          <Command.Item className={itemLook} onSelect={leave}>
            Sign out
          </Command.Item>
          {(['light', 'dark', 'system'] as const).map((theme) => (
            <Command.Item key={theme} className={itemLook} onSelect={run(() => setTheme(theme))}>
              {`Theme: ${theme === 'system' ? "as the system's" : theme}`}
            </Command.Item>
          ))}
          <Command.Item className={itemLook} onSelect={run(showHelp)}>
            Keyboard shortcuts
          </Command.Item>
        </Command.Group>
      </Command.List>
    </Command>
  );
}
