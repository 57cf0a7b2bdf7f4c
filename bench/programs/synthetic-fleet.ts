import { startSynthetic } from '@/sandbox';
import { answer, argument } from './answer';

/** A fleet that exists in ZooKeeper alone, churning as Patroni's loops do. */
const { connect, clusters, churn } = argument<{
  connect: string;
  clusters: number;
  churn: number;
}>();
const synthetic = await startSynthetic({ connectString: connect, clusters, members: 3 });

answer({
  scopes: () => synthetic.scopes,
  churn: () => synthetic.setChurn(churn),
  calm: () => synthetic.setChurn(0),
  writes: () => synthetic.stats().writes,
  switchLeader: (scope: string) => synthetic.switchLeader(scope),
});
