import { Panel } from '@/components/ui/panel';
import { Table, Td, Th } from '@/components/ui/table';
import type { ClusterView } from '@/lib/topology/view';
import { formatBytes } from '@/lib/units';

/** Slots that hold WAL back on the leader. */
export function Slots({ view }: { view: ClusterView }) {
  const leader = view.members.find((member) => member.isLeader);
  if (!leader || leader.slots.length === 0) return null;
  return (
    <Panel id="slots" title={`Replication slots on ${leader.name}`}>
      <Table label="Replication slots">
        <thead>
          <tr>
            <Th>Slot</Th>
            <Th>Used</Th>
            <Th>WAL status</Th>
            <Th className="text-right">Retains</Th>
          </tr>
        </thead>
        <tbody>
          {leader.slots.map((slot) => (
            <tr key={slot.name}>
              <Td>{slot.name}</Td>
              <Td>{slot.active ? 'in use' : 'not in use'}</Td>
              <Td>{slot.walStatus ?? 'unknown'}</Td>
              <Td className="text-right">{formatBytes(slot.retainedBytes)}</Td>
            </tr>
          ))}
        </tbody>
      </Table>
    </Panel>
  );
}
