import { accountRouter } from './routers/account';
import { accountsRouter } from './routers/accounts';
import { auditRouter } from './routers/audit';
import { configurationRouter } from './routers/configuration';
import { historyRouter } from './routers/history';
import { operationsRouter } from './routers/operations';
import { router } from './trpc';

export const appRouter = router({
  account: accountRouter,
  accounts: accountsRouter,
  audit: auditRouter,
  configuration: configurationRouter,
  history: historyRouter,
  operations: operationsRouter,
});

export type AppRouter = typeof appRouter;
