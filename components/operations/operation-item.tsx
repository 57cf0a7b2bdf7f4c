import { MenuItem } from '@/components/ui/menu';

/** An operation in a menu. One that is not possible now can be reached as well: it says why. */
export function OperationItem({
  words,
  not,
  onSelect,
}: {
  words: string;
  not: string | null;
  onSelect: () => void;
}) {
  return (
    <MenuItem
      {...(not === null ? {} : { 'aria-disabled': true })}
      className="flex-col items-start justify-center gap-0 py-1.5 aria-disabled:cursor-not-allowed aria-disabled:text-muted"
      onSelect={(event) => {
        if (not === null) onSelect();
        else event.preventDefault();
      }}
    >
      {words}…{not !== null && <span className="text-xs text-muted">{not}</span>}
    </MenuItem>
  );
}
