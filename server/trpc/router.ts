import { accountRouter } from './routers/account';
import { accountsRouter } from './routers/accounts';
import { auditRouter } from './routers/audit';
import { historyRouter } from './routers/history';
import { operationsRouter } from './routers/operations';
import { routingRouter } from './routers/routing';
import { settingsRouter } from './routers/settings';
import { router } from './trpc';

export const appRouter = router({
  account: accountRouter,
  accounts: accountsRouter,
  audit: auditRouter,
  history: historyRouter,
  operations: operationsRouter,
  routing: routingRouter,
  settings: settingsRouter,
});

export type AppRouter = typeof appRouter;
