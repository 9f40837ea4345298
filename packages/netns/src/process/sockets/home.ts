import type { Namespace } from '../../namespaces/namespace.ts';

/** The network namespace that sockets are made in; its name says where its own `resolv.conf` and `hosts` are. */
export type Home = Namespace & { readonly name?: string | undefined };
