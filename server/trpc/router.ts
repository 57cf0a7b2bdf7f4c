import { operationsRouter } from './routers/operations';
import { switchoverRouter } from './routers/switchover';
import { router } from './trpc';

export const appRouter = router({
  operations: operationsRouter,
  switchover: switchoverRouter,
});

export type AppRouter = typeof appRouter;
