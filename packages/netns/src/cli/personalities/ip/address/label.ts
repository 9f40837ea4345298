/** Whether a name fits a shell pattern (`*`, `?`, `[a-z]`, `[!a-z]`), as `label` of `ip address show` takes it. */
export function matchesLabel(pattern: string, name: string): boolean {
  return toExpression(pattern).test(name);
}

function toExpression(pattern: string): RegExp {
  let source = '';
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern.charAt(at);
    const end = char === '[' ? pattern.indexOf(']', at + 2) : -1;
    if (char === '*') source += '.*';
    else if (char === '?') source += '.';
    else if (end >= 0) {
      const set = pattern
        .slice(at + 1, end)
        .replace(/\\/g, '\\\\')
        .replace(/\^/g, '\\^');
      source += `[${set.startsWith('!') ? `^${set.slice(1)}` : set}]`;
      at = end;
    } else source += (char === '\\' ? pattern.charAt(++at) : char).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  }
  return new RegExp(`^${source}$`, 's');
}
