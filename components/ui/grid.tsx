import type { ComponentProps } from 'react';

/**
 * The parts of an ARIA grid whose rows are placed by hand: a virtualised list can't be laid out by
 * a table, and its focus stays on the grid, which points at the active row. So the elements below
 * carry a table's roles without being one, and are not focusable themselves.
 */
type Part<Own = unknown> = Omit<ComponentProps<'div'>, 'role'> & Own;

export function Grid(props: Part<{ label: string }>) {
  const { label, ...rest } = props;
  // biome-ignore lint/a11y/useSemanticElements: see above
  return <div role="grid" aria-label={label} tabIndex={0} {...rest} />;
}

export function GridBody(props: Part) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  return <div role="rowgroup" {...props} />;
}

export function GridRow(props: Part) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div role="row" {...props} />;
}

export function GridHeader(props: Part) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div role="columnheader" {...props} />;
}

export function GridCell(props: Part) {
  // biome-ignore lint/a11y/useSemanticElements: see above
  // biome-ignore lint/a11y/useFocusableInteractive: see above
  return <div role="gridcell" {...props} />;
}
