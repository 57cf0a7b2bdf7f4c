'use client';

import { type ComponentType, useState } from 'react';
import { AccountTrigger } from './account-trigger';

const load = () => import('./opened-menu').then((m) => m.OpenedMenu);

/** Who is signed in, what they may, and the way out: a menu that is fetched when it is wanted. */
export function AccountMenu() {
  const [Opened, setOpened] = useState<ComponentType | null>(null);
  if (Opened !== null) return <Opened />;
  // Should it not come, the banner says that Howdah can't be reached, and the next press tries again.
  const open = (): void => void load().then((found) => setOpened(() => found), noted);
  const ready = (): void => void load().catch(noted);
  return (
    <AccountTrigger
      aria-haspopup="menu"
      aria-expanded={false}
      onPointerEnter={ready}
      onFocus={ready}
      onClick={open}
      onKeyDown={(event) => {
        if (event.key === 'ArrowDown') open();
      }}
    />
  );
}

const noted = (): void => {};
