/** A command for the inside of a namespace. */
export function commandIn(namespace: string, command: string): string {
  if (namespace === '.') return command;
  if (command.startsWith('ip ')) return `ip -n ${namespace} ${command.slice(3)}`;
  return `ip netns exec ${namespace} ${command}`;
}
