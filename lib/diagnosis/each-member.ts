import type { MemberView } from '../topology/view';
import type { Finding, Patient, Rule } from './table';

/** What is wrong with a member, and what to do about it; null when nothing is. */
export type Said = { readonly says: string; readonly advice: string } | null;

/** A rule over each member that is present. */
export function each(judge: (member: MemberView, patient: Patient) => Said): Rule['find'] {
  return (patient) =>
    patient.cluster.members
      .filter((member) => member.presence.is === 'present')
      .flatMap((member): Finding[] => {
        const said = judge(member, patient);
        return said ? [{ member, ...said }] : [];
      });
}
