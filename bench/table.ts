import type { Report, Row } from './benchmark';
import { figure } from './statistics';

const HEAD = ['', 'Howdah', 'baseline', 'ratio', 'bar', ''];

/** The report as lines of text, columns lined up. */
export function tableOf(report: Report): string[] {
  const lines = [HEAD, ...report.rows.map(cells)];
  const widths = HEAD.map((_, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  return lines.map((line) =>
    line
      .map((cell, column) =>
        column === 0 || column >= 4
          ? cell.padEnd(widths[column] ?? 0)
          : cell.padStart(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
}

function cells({ what, unit, howdah, baseline, ratio, bar }: Row): string[] {
  return [
    unit === '' ? what : `${what}, ${unit}`,
    cell(howdah),
    cell(baseline),
    cell(ratio),
    bar?.says ?? '',
    bar === undefined ? '' : bar.held ? 'held' : 'FELL SHORT',
  ];
}

function cell(value: number | string | undefined): string {
  if (value === undefined) return '';
  return typeof value === 'number' ? figure(value) : value;
}
