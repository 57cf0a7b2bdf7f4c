export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

/** Where an ensemble is. */
export interface EnsembleAddress {
  readonly servers: readonly ServerAddress[];
  /** The folder that is "/" to a session, without a trailing slash; empty for ZooKeeper's own. */
  readonly chroot: string;
}

/** Splits "a:2181,b:2181/chroot". A port left out is 2181. */
export function parseConnect(connect: string): EnsembleAddress {
  const slash = connect.indexOf('/');
  const chroot = slash < 0 ? '' : connect.slice(slash).replace(/\/+$/, '');
  const list = slash < 0 ? connect : connect.slice(0, slash);
  const servers = list
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
    .map((item) => {
      const match = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(item);
      const host = match?.[1] ?? match?.[2];
      const port = Number(match?.[3] ?? 2181);
      if (!host || port < 1 || port > 65535) throw new Error(`"${item}" is not host:port`);
      return { host, port };
    });
  if (servers.length === 0) throw new Error('no server is named');
  return { servers, chroot };
}
