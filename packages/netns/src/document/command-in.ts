/** A command for the inside of a namespace. */
export function commandIn(namespace: string, command: string): string {
  if (namespace === '.') return command;
  const tool = /^(?:ip|tc|bridge)(?= )/.exec(command)?.[0];
  if (tool !== undefined) return `${tool} -n ${namespace}${command.slice(tool.length)}`;
  return `ip netns exec ${namespace} ${command}`;
}
