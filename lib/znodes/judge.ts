import { type Access, isWhole, sameAccess } from './access';

/** What an import makes of one znode of the file. */
export type Verdict =
  | { readonly is: 'create' }
  /** An import was stopped between creating it and writing to it. */
  | { readonly is: 'complete' }
  | { readonly is: 'same' }
  | {
      readonly is: 'differs';
      readonly inBytes: boolean;
      readonly inAccess: boolean;
      /** Of its bytes and of its ACL, as they stand there now. */
      readonly version: number;
      readonly accessVersion: number;
    }
  /** A session's, so never imported. */
  | { readonly is: 'ephemeral' }
  | { readonly is: 'refused'; readonly why: string };

/** A znode that stands where one is to be imported. */
export interface Existing {
  readonly access: readonly Access[];
  readonly version: number;
  readonly accessVersion: number;
  readonly isEphemeral: boolean;
  readonly isEmpty: boolean;
  /** Its bytes are those of the file. */
  readonly hasSameBytes: boolean;
}

/** Judges a znode of the file by itself: what can be said before anything is read. */
export function judgeAlone(
  znode: { readonly path: string; readonly lifetime: string; readonly acl: readonly Access[] },
  refusal: string | null,
): Verdict | null {
  // First this: it is left out whatever else holds, so nothing has to be decided about it.
  if (znode.lifetime === 'ephemeral') return { is: 'ephemeral' };
  if (refusal !== null) return { is: 'refused', why: refusal };
  if (isWhole(znode.acl)) return null;
  return refused(
    `${znode.path}: its ACL was exported by somebody who may not see it whole: export it again with ADMIN.`,
  );
}

/** Judges it by what stands there. */
export function judgeAgainst(
  znode: { readonly path: string; readonly acl: readonly Access[] },
  existing: Existing,
): Verdict {
  const { version, accessVersion } = existing;
  if (existing.isEphemeral) {
    return refused(`${znode.path}: an ephemeral znode of a session stands there.`);
  }
  if (!isWhole(existing.access)) {
    return refused(
      `${znode.path}: the ACL that stands there can't be seen whole without ADMIN, so it can't be compared.`,
    );
  }
  const inAccess = !sameAccess(znode.acl, existing.access);
  const inBytes = !existing.hasSameBytes;
  if (!inAccess && !inBytes) return { is: 'same' };
  if (!inAccess && existing.isEmpty && version === 0) return { is: 'complete' };
  return { is: 'differs', inBytes, inAccess, version, accessVersion };
}

export function refused(why: string): Verdict {
  return { is: 'refused', why };
}
