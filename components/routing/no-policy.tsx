import { Button } from '@/components/ui/button';
import type { ClusterView } from '@/lib/topology/view';

/** What a policy would be good for. */
export function NoPolicy({
  view,
  mayNot,
  onBegin,
}: {
  view: ClusterView;
  mayNot: string | null;
  onBegin: () => void;
}) {
  return (
    <div className="flex flex-col items-start gap-3 rounded-lg border border-line bg-surface p-4">
      <p className="max-w-prose">
        {view.name} has no routing policy: reads go to every standby alike, as Patroni and HAProxy
        have it, however far behind it is. With one, each standby gets reads by how fresh it is, and
        a member can be drained before it is worked on.
      </p>
      <Button
        tone="accent"
        disabled={mayNot !== null}
        title={mayNot ?? undefined}
        onClick={onBegin}
      >
        Balance reads …
      </Button>
    </div>
  );
}
