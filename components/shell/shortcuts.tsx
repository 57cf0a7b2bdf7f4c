'use client';

import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { Dialog, DialogContent, DialogDescription } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';

type Action = () => void;

interface Shortcuts {
  /** Registers what a key does while a component is on the page. */
  register(key: string, action: Action): () => void;
  showHelp(): void;
}

const Context = createContext<Shortcuts | null>(null);
const STORED = 'howdah.single-keys';

const listed: readonly (readonly [keys: readonly string[], does: string])[] = [
  [['Ctrl', 'K'], 'Search clusters, members and commands'],
  [['/'], 'Search the fleet'],
  [['j', 'k'], 'Move down and up the list of clusters (arrows too)'],
  [['Enter'], 'Open the cluster'],
  [['f'], 'Go to the fleet'],
  [['t'], 'Go to the timeline'],
  [['r'], 'Go to reliability'],
  [['z'], 'Go to ZooKeeper'],
  [['s'], 'Switch this cluster over'],
  [['p'], 'In the past: play and pause'],
  [['[', ']'], 'In the past: go to the previous and the next change'],
  [['?'], 'Show this list'],
  [['Esc'], 'Close what is open'],
];

/** Keys pressed outside any field. They can be turned off: some people speak to their computer. */
export function ShortcutsProvider({ children }: { children: ReactNode }) {
  const actions = useRef(new Map<string, Action[]>());
  const [help, setHelp] = useState(false);
  const [singleKeys, setSingleKeys] = useState(true);

  useEffect(() => setSingleKeys(localStorage.getItem(STORED) !== 'off'), []);

  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const name = nameOf(event);
      if (name === null || (name.length === 1 && (!singleKeys || isBusy(event.target)))) return;
      if (name === '?') {
        event.preventDefault();
        setHelp(true);
        return;
      }
      const action = actions.current.get(name)?.at(-1);
      if (!action) return;
      event.preventDefault();
      action();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [singleKeys]);

  const shortcuts = useMemo<Shortcuts>(
    () => ({
      register: (key, action) => {
        const stack = actions.current.get(key) ?? [];
        actions.current.set(key, [...stack, action]);
        return () => {
          const left = actions.current.get(key)?.filter((a) => a !== action) ?? [];
          actions.current.set(key, left);
        };
      },
      showHelp: () => setHelp(true),
    }),
    [],
  );

  return (
    <Context value={shortcuts}>
      {children}
      <Dialog open={help} onOpenChange={setHelp}>
        <DialogContent title="Keyboard shortcuts" className="sm:w-[30rem]">
          <DialogDescription className="sr-only">What each key does.</DialogDescription>
          <div className="overflow-auto p-4">
            <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-2">
              {listed.map(([keys, does]) => (
                <div key={does} className="col-span-2 grid grid-cols-subgrid">
                  <dt className="flex gap-1">
                    {keys.map((key) => (
                      <Kbd key={key}>{key}</Kbd>
                    ))}
                  </dt>
                  <dd>{does}</dd>
                </div>
              ))}
            </dl>
            <label className="mt-4 flex items-center gap-2 border-t border-line pt-4">
              <input
                type="checkbox"
                className="size-4 accent-(--accent)"
                checked={singleKeys}
                onChange={(event) => {
                  setSingleKeys(event.target.checked);
                  localStorage.setItem(STORED, event.target.checked ? 'on' : 'off');
                }}
              />
              Shortcuts of a single key
            </label>
          </div>
        </DialogContent>
      </Dialog>
    </Context>
  );
}

export function useShortcuts(): Shortcuts {
  const shortcuts = useContext(Context);
  if (shortcuts === null) throw new Error('There is no ShortcutsProvider above this component.');
  return shortcuts;
}

/** While the component is on the page, `key` ("j", "mod+k") does `action`; null does nothing. */
export function useShortcut(key: string, action: Action | null): void {
  const { register } = useShortcuts();
  useEffect(() => (action === null ? undefined : register(key, action)), [register, key, action]);
}

function nameOf(event: KeyboardEvent): string | null {
  if (event.defaultPrevented || event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return `mod+${event.key.toLowerCase()}`;
  return event.key;
}

/** Somebody types, or a dialog has the floor. */
function isBusy(target: EventTarget | null): boolean {
  if (document.querySelector('[role="dialog"],[role="alertdialog"]')) return true;
  // A slider takes no letters.
  if (target instanceof HTMLInputElement && target.type === 'range') return false;
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName))
  );
}
