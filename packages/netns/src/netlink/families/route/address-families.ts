/** Address families as rtnetlink headers carry them (`AF_*`, `linux/socket.h`). */
export const AF_UNSPEC = 0;
export const AF_INET = 2;
export const AF_BRIDGE = 7;
export const AF_INET6 = 10;
export const AF_MCTP = 45;

export const addressFamilies = { 0: 'unspec', 2: 'inet', 7: 'bridge', 10: 'inet6', 45: 'mctp' } as const;
