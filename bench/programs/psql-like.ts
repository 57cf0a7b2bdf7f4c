import pg from 'pg';
import { answer, argument } from './answer';

/** One client that asks the same servers the same statement in turn, as psql with \watch would. */
const { ports, user, password, text, perSecond } = argument<{
  ports: number[];
  user: string;
  password: string;
  text: string;
  perSecond: number;
}>();

const clients: pg.Client[] = [];
for (const port of ports) {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    user,
    password,
    database: 'postgres',
    application_name: 'psql-like',
  });
  await client.connect();
  clients.push(client);
}

const everyMs = 1000 / perSecond;
let polls = 0;
let due = performance.now();
const next = () => {
  const client = clients[polls % clients.length];
  polls += 1;
  due += everyMs;
  const go = () => setTimeout(next, Math.max(0, due - performance.now()));
  void client?.query(text).then(go, go);
};
next();

answer({ polls: () => polls });
