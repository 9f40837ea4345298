import { describe, expect, it } from 'vitest';
import { Failure } from '../util-linux/failure.ts';
import { readRequest } from './request.ts';

function message(...argv: string[]): string {
  try {
    readRequest(argv);
  } catch (error) {
    if (error instanceof Failure) return `${error.status} ${error.message}`;
    throw error;
  }
  return 'nothing wrong';
}

const columns = (...argv: string[]) =>
  readRequest(argv)
    .columns.map(({ name }) => name)
    .join(' ');

describe('readRequest', () => {
  it('has the usual columns for each form', () => {
    expect(columns()).toBe('NS TYPE NPROCS PID USER COMMAND');
    expect(columns('-t', 'net')).toBe('NS TYPE NPROCS PID USER NETNSID NSFS COMMAND');
    expect(columns('123')).toBe('PID PPID USER COMMAND');
    expect(columns('-o', 'ns,Pid')).toBe('NS PID');
    expect(columns('-o', '+ppid')).toBe('NS TYPE NPROCS PID USER COMMAND PPID');
    expect(columns('--output-all').split(' ')).toHaveLength(13);
  });

  it('draws a tree of processes unless told otherwise', () => {
    const tree = (...argv: string[]) => readRequest(argv).tree;
    expect([tree(), tree('-o', 'ns'), tree('-p', '1'), tree('5')]).toEqual(Array(4).fill('process'));
    expect([tree('-l'), tree('--output-all'), tree('5', '-l')]).toEqual(Array(3).fill('none'));
    expect([tree('-T'), tree('-lT'), tree('-T', '-l'), tree('-T=owner')]).toEqual(Array(4).fill('owner'));
    expect([tree('-Tparent'), tree('--tree=parent')]).toEqual(['parent', 'parent']);
  });

  it('takes options behind the word, and nothing as one behind two dashes', () => {
    expect(readRequest(['123', '-J'])).toMatchObject({ inode: 123n, form: 'json' });
    expect(message('--', '-J')).toBe("1 lsns: invalid namespace argument: '-J'\n");
  });

  it('says what is wrong', () => {
    expect(message('-J', '-r')).toBe('1 lsns: options --json and --raw cannot be combined\n');
    expect(message('-r', '--json')).toBe('1 lsns: options --raw and --json cannot be combined\n');
    expect(message('-P', '-p', '1')).toBe('1 lsns: options --persistent and --task cannot be combined\n');
    expect(message('-p', '1', '-P')).toBe('1 lsns: options --task and --persistent cannot be combined\n');
    expect(message('-o', 'x', '-H')).toBe('nothing wrong');
    expect(message('-Q', '')).toBe('nothing wrong');
    expect(message('-H', '-J', '-r')).toBe('1 lsns: options --json and --raw cannot be combined\n');
    expect(message('-p', '1', '5')).toBe('1 lsns: --task is mutually exclusive with <namespace>\n');
    expect(message('-t', 'x')).toBe('1 lsns: unknown namespace type: x\n');
    expect(message('-o', 'x')).toBe('1 lsns: unknown column: x\n');
    expect(message('-o', '')).toBe('1 ');
    expect(message('-o', 'ns,,pid')).toBe('1 ');
    expect(message('-o', 'ns,')).toBe('1 lsns: unknown column: ns,\n');
    expect(message('-Tx')).toBe('1 lsns: unknown tree type: x\n');
    expect(message('--tree', 'parent')).toBe("1 lsns: invalid namespace argument: 'parent'\n");
    expect(message('-p', 'x')).toBe("1 lsns: invalid PID argument: 'x'\n");
    expect(message('-p', '0')).toBe("1 lsns: invalid PID argument: '0': Numerical result out of range\n");
    expect(message('-p', '-1')).toBe("1 lsns: invalid PID argument: '-1': Numerical result out of range\n");
    expect(message('-Q', 'PID ==')).toBe('1 lsns: failed to parse "PID ==": syntax error, unexpected end of file\n');
  });

  it('excludes nothing that only sounds alike', () => {
    expect(message('-J', '-J', '-l', '-T')).toBe('nothing wrong');
  });
});
