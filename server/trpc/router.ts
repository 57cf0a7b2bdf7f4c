import { accountRouter } from './routers/account';
import { accountsRouter } from './routers/accounts';
import { auditRouter } from './routers/audit';
import { configurationRouter } from './routers/configuration';
import { historyRouter } from './routers/history';
import { operationsRouter } from './routers/operations';
import { settingsRouter } from './routers/settings';
import { switchoverRouter } from './routers/switchover';
import { router } from './trpc';

export const appRouter = router({
  account: accountRouter,
  accounts: accountsRouter,
  audit: auditRouter,
  configuration: configurationRouter,
  history: historyRouter,
  operations: operationsRouter,
  settings: settingsRouter,
  switchover: switchoverRouter,
});

export type AppRouter = typeof appRouter;
