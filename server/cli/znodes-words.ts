import type { Verdict } from '@/lib/znodes/judge';
import type { Applied } from '../operations/znodes/import-apply';
import type { ImportPlan } from '../operations/znodes/import-plan';
import type { Exported } from '../operations/znodes/subtree-export';

/** So many are named of each sort. */
const MOST_NAMED = 20;

/** What was exported, in lines for a person. */
export function saidOfExport(
  { count, vanished, ephemeral, masked }: Exported,
  { root, file }: { readonly root: string; readonly file: string },
): string[] {
  return [
    `${file} has ${znodes(count)} of ${root}.`,
    ...(vanished > 0 ? [`${znodes(vanished)} vanished while the others were read.`] : []),
    ...(ephemeral > 0 ? [`${znodes(ephemeral)} of sessions: they are never imported.`] : []),
    ...(masked > 0
      ? [
          `${znodes(masked)} with an ACL that can't be seen whole: to import them, export again with ADMIN.`,
        ]
      : []),
  ];
}

/** What an import would do, in lines for a person. */
export function saidOfPlan(
  { header, verdicts, containers }: ImportPlan,
  { overwrite, skipRefused }: { readonly overwrite: boolean; readonly skipRefused: boolean },
): string[] {
  const of = (sort: Verdict['is']) => [...verdicts].filter(([, { is }]) => is === sort);
  const refused = of('refused').flatMap(([, one]) => (one.is === 'refused' ? [one.why] : []));
  const differs = of('differs').map(
    ([path, one]) => `${path}: ${one.is === 'differs' ? inWhat(one) : ''}`,
  );
  return [
    `${header.root} of ${header.ensemble}, exported ${header.at}: ${znodes(verdicts.size)}.`,
    ...some(of('create').length, 'to be created'),
    ...some(of('complete').length, 'to be written to, which an import has left empty'),
    ...some(of('same').length, 'the same already'),
    ...named(differs, overwrite ? 'to be written over' : 'another, and left: see --overwrite'),
    ...some(of('ephemeral').length, 'of sessions, and left out'),
    ...named(refused, skipRefused ? 'refused, and left out' : 'refused: see --skip-refused'),
    ...some(containers, 'a container once, and a plain znode when it comes back'),
  ];
}

function inWhat({ inBytes, inAccess }: Extract<Verdict, { is: 'differs' }>): string {
  if (!inAccess) return 'other bytes';
  return inBytes ? 'other bytes and another ACL' : 'another ACL';
}

/** What an import has done, in lines for a person. */
export function saidOfApplied(applied: Applied): string[] {
  const { created, completed, overwritten, left, moved, failed } = applied;
  return [
    `Created ${created}, completed ${completed}, wrote over ${overwritten}, left ${left}.`,
    ...named(moved, 'written to by somebody else meanwhile, and left to them'),
    ...named(
      failed.map(({ path, why }) => `${path}: ${why}`),
      'refused by ZooKeeper',
    ),
  ];
}

function some(count: number, what: string): string[] {
  return count > 0 ? [`  ${count} ${what}`] : [];
}

function named(all: readonly string[], what: string): string[] {
  const more = all.length - MOST_NAMED;
  return [
    ...some(all.length, what),
    ...all.slice(0, MOST_NAMED).map((one) => `    ${one}`),
    ...(more > 0 ? [`    and ${more} more`] : []),
  ];
}

function znodes(count: number): string {
  return count === 1 ? '1 znode' : `${count} znodes`;
}
