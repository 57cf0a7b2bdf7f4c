'use client';

import { AccountBanners } from '@/components/account/account-banners';
import { seesNothing } from '@/components/account/may';
import { useAccount } from '@/components/account/use-account';
import { Age } from '@/components/stream/age';
import { useLocalNow } from '@/components/stream/clock';
import { exactMoment, moment } from '@/components/stream/moment';
import { useConnection, useStore, useStream } from '@/components/stream/use-stream';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import type { EnsembleView } from '@/lib/stream/frames';
import { formatAge } from '@/lib/units';

export const LOST_BANNER = 'lost-banner';

/** What the reader must know before believing anything below. */
export function Banners() {
  const lost = useConnection((view) => view.phase === 'lost');
  const outdated = useConnection((view) => view.outdated);
  const ensembles = useStream((stream) => stream.ensembles);
  const nothing = seesNothing(useAccount());
  return (
    <section aria-label="Notices" className="sticky top-12 z-10">
      {outdated === 'wire' && (
        <Banner id={LOST_BANNER} state="critical" action={<Reload tone="accent" />}>
          Howdah was updated and speaks a newer language than this page. Nothing shown here is
          current until the page is reloaded.
        </Banner>
      )}
      {lost && !nothing && outdated !== 'wire' && <Lost />}
      {outdated === 'build' && !lost && (
        <Banner state="unknown" action={<Reload />}>
          A new version of Howdah is running. This page goes on working; reload it to use the new
          one.
        </Banner>
      )}
      <AccountBanners />
      {!lost && ensembles.map((e) => <EnsembleBanner key={e.name} ensemble={e} />)}
    </section>
  );
}

function Lost() {
  const store = useStore();
  const now = useLocalNow();
  const { lastFrameAt } = store.view;
  return (
    <Banner
      id={LOST_BANNER}
      state="critical"
      action={
        <Button size="sm" onClick={() => store.link.retry()}>
          Try now
        </Button>
      }
    >
      {lastFrameAt === null ? (
        <>Howdah can’t be reached: nothing could be loaded yet.</>
      ) : (
        <>
          <strong>
            Disconnected from Howdah since{' '}
            <time dateTime={new Date(lastFrameAt).toISOString()} title={exactMoment(lastFrameAt)}>
              {moment(lastFrameAt)}
            </time>
          </strong>{' '}
          ({formatAge(now - lastFrameAt)}): what is shown may be out of date.
        </>
      )}
    </Banner>
  );
}

function EnsembleBanner({ ensemble }: { ensemble: EnsembleView }) {
  const since = (
    <time dateTime={new Date(ensemble.since).toISOString()} title={exactMoment(ensemble.since)}>
      {moment(ensemble.since)}
    </time>
  );
  switch (ensemble.state) {
    case 'connected':
      return null;
    case 'connecting':
      return (
        <Banner state="unknown">
          Connecting to ZooKeeper ensemble {ensemble.name} since {since}
          {ensemble.says === null ? '.' : `: ${ensemble.says}`}
        </Banner>
      );
    case 'disconnected':
    case 'unreachable':
      return (
        <Banner state="critical">
          <strong>
            ZooKeeper ensemble {ensemble.name} can’t be reached since {since}
          </strong>{' '}
          (<Age at={ensemble.since} />
          ): topology is as of then. {ensemble.says}
        </Banner>
      );
  }
}

function Reload({ tone = 'plain' }: { tone?: 'plain' | 'accent' }) {
  return (
    <Button size="sm" tone={tone} onClick={() => window.location.reload()}>
      Reload
    </Button>
  );
}
