/** States of connections that `ct timeout` has, as JSON names them: the attribute, and the kernel's default in seconds. */
export const timeoutStates = {
  tcp: {
    syn_sent: ['synSent', 120],
    syn_recv: ['synRecv', 60],
    established: ['established', 432_000],
    fin_wait: ['finWait', 120],
    close_wait: ['closeWait', 60],
    last_ack: ['lastAck', 30],
    time_wait: ['timeWait', 120],
    close: ['close', 10],
    syn_sent2: ['synSent2', 120],
    retrans: ['retrans', 300],
    unack: ['unack', 300],
  },
  udp: { unreplied: ['unreplied', 30], replied: ['replied', 180] },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly [attribute: string, seconds: number]>>>>;
