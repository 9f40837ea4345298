import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const titles = ['I want…', 'call…', '`ip` equivalent'];

/**
 * The calls of README's task table as TypeScript, each on the line that it has in README, so that the type checker finds
 * a call that does not exist. `ns` stands for a NetworkNamespace.
 */
export function taskTableProgram(root) {
  const lines = readFileSync(join(root, 'README.md'), 'utf8').split('\n');
  const first = lines.findIndex((line) => cells(line).join() === titles.join());
  if (first === -1) throw new Error(`README.md: no table with the columns ${titles.join(' | ')}`);
  const program = lines.map((line, index) => {
    if (index < first + 2 || !lines.slice(first, index + 1).every((row) => row.startsWith('|'))) return '';
    const calls = [...(cells(line)[1] ?? '').matchAll(/`([^`]+)`/g)].map((match) => match[1]);
    if (calls.length === 0) throw new Error(`README.md:${index + 1}: a row of the task table calls nothing`);
    return calls.map((call) => `void (async () => ${call});`).join(' ');
  });
  return `${program.join('\n')}\ndeclare const ns: NetworkNamespace;\n`;
}

function cells(line) {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
