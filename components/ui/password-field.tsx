'use client';

import { Eye, EyeOff } from 'lucide-react';
import { type ComponentProps, type KeyboardEvent, useId, useState } from 'react';
import { Button } from './button';
import { cn } from './cn';
import { Input } from './input';

/** A password, which can be looked at; it says when the keyboard writes capitals. */
export function PasswordField({
  className,
  id,
  onLeave,
  ...rest
}: Omit<ComponentProps<'input'>, 'onBlur'> & { onLeave?: () => void }) {
  const [shown, setShown] = useState(false);
  const [capitals, setCapitals] = useState(false);
  const own = useId();
  const look = (event: KeyboardEvent): void => setCapitals(event.getModifierState('CapsLock'));
  return (
    <div className={className}>
      <div className="relative">
        <Input
          {...rest}
          id={id ?? own}
          type={shown ? 'text' : 'password'}
          autoCapitalize="none"
          autoCorrect="off"
          className={cn('pr-10', shown && 'font-mono')}
          onKeyDown={look}
          onKeyUp={look}
          onBlur={() => {
            setCapitals(false);
            onLeave?.();
          }}
        />
        <Button
          tone="quiet"
          size="icon"
          className="absolute inset-y-0 right-0 h-full rounded-l-none text-muted"
          aria-label={shown ? 'Hide it' : 'Show it'}
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
        >
          {shown ? (
            <EyeOff className="size-4" aria-hidden />
          ) : (
            <Eye className="size-4" aria-hidden />
          )}
        </Button>
      </div>
      <p role="status" className={cn('text-sm text-attention', capitals && 'mt-1')}>
        {capitals && 'Caps Lock is on.'}
      </p>
    </div>
  );
}
