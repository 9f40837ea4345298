import type { Case } from '../case.ts';
import { randomBatchCase } from './random-batches.ts';

const named = 'ip netns add a';
const afterForce = 'with -force a batch goes on after an error in the words of a line';

const changesSomething = /netns (?:add|del [^n])|link (?:add [^x]|set v)|address add/;

/** A batch, run with these options. */
const batch = (text: string, options = '', differs?: Case['differs']): Case => ({
  line: `${options} -batch commands`,
  files: { commands: text },
  setup: named,
  changes: changesSomething.test(text),
  ...(differs !== undefined && { differs }),
});

/** `ip -batch`. */
export const batchCases: readonly Case[] = [
  batch(''),
  batch('netns list\nlink show lo\n'),
  batch('netns list\nlink show lo\n', '-j'),
  batch('netns list\nlink show lo', '-p -j'),
  batch('netns add b\nnetns add c\nnetns list\nnetns del a\n'),
  batch('netns list\nfoo\nnetns list\n'),
  batch('netns list\nfoo\nnetns list\n', '-force'),
  batch('netns del nope\nlink set nope up\nlink add x type nosuch\nnetns list\n', '-fo'),
  batch('netns list\nnetns foo\nnetns list\n'),
  batch('netns list\nlink set lo mtu x\nnetns list\n'),
  batch('netns list\nnetns foo\nnetns list\n', '-force', {
    better: afterForce,
    out: 'a\na\n',
    err: 'Command "foo" is unknown, try "ip netns help".\nCommand failed commands:2\n',
    code: 1,
  }),
  batch('netns help\nnetns list\n', '-force', {
    better: afterForce,
    out: 'a\n',
    err: /^Usage:\tip netns list\n[\s\S]*\nCommand failed commands:1\n$/,
    code: 1,
  }),
  batch('netns add b#c d\nnetns list # "x\n#\n  # netns add e\nnetns add "f#g"\n', '-force'),
  batch('\n\n  \t\nnetns \\\n  list\nfoo\n'),
  batch('netns li\\\nst\nnetns add b\\\n c\n'),
  batch('netns list \\'),
  batch('netns list\0 x\nnetns\0\nli\0nk \\\nshow\n\0netns foo\nnetns list \0\\\nlink show lo\n', '-force'),
  batch('tunnel show\nnetns list\n', '-0'),
  batch('neigh add 10.0.0.1 lladdr 02:00:00:00:00:01\nnetns list\n'),
  batch('neigh get 10.0.0.1\nnetns list\n'),
  batch('netns list \\\n'),
  batch('netns list\nnetns add b # \\\nnetns list\n'),
  batch('netns\tlist\r\n\tnetns list\n'),
  batch("netns add 'b c'd\nnetns add x'y z'\nnetns add \"p'q\"\nnetns add \"\"\n"),
  batch('"netns"list\n'),
  batch('netns list "abc\n'),
  batch('netns list\nnetns list "abc\nnetns list\n', '-force'),
  batch(`netns list ${'x '.repeat(509)}\n`),
  batch(`netns list ${'x '.repeat(510)}\n`),
  batch('netns exec a echo one two\nnetns list\n'),
  batch('netns exec a sh -c "exit 3"\nnetns list\n'),
  batch('netns exec a sh -c "exit 3"\nnetns list\n', '-force'),
  batch('netns exec a nosuch\nnetns list\n', '-force'),
  batch("netns exec a sh -c 'kill -9 $$'\nnetns list\n"),
  batch("netns exec a sh -c 'kill -9 $$'\nnetns list\n", '-force', {
    better: afterForce,
    out: 'a\n',
    err: 'Command failed commands:1\n',
    code: 1,
  }),
  batch('netns exec nope true\nnetns list\n'),
  batch('netns exec\n'),
  batch('-n a link\n', '', {
    better: 'a line may begin with -n NAME',
    out: /^1: lo: /,
    err: '',
    code: 0,
  }),
  batch('-foo link\n'),
  batch('address\nlink\naddress\n', '-4'),
  batch('link add v0 type veth peer name v1\nlink set v1 netns a\nlink set v0 up\naddress add 10.0.0.1/24 dev v0\n'),
  // A device is asked for once, until a line may have changed devices.
  batch(
    'link add v0 type veth peer name v1\nlink set v0 up\nroute add 10.9.0.0/24 dev v0\nroute add 10.9.1.0/24 dev v0\nlink set v0 down\nlink set v0 name w0\nlink set w0 up\nroute add 10.9.2.0/24 dev w0\nroute show\n',
  ),
  batch(
    'link add v0 type veth peer name v1\nlink set v0 up\nroute add 10.9.0.0/24 dev v0\nlink delete v0\nroute add 10.9.1.0/24 dev v0\n',
  ),
  batch(
    'link add v0 type veth peer name v1\nlink set v0 up\nneigh add 10.0.0.9 lladdr 02:00:00:00:00:09 dev v0\nnetns exec a true\nlink set v0 netns a\nneigh add 10.0.0.8 lladdr 02:00:00:00:00:08 dev v0\n',
  ),
  batch('netns list-id nsid 5\nnetns list\n', '-force'),
  batch('link show lo\nnetns exec a ip -o link\n', '-n a'),
  { line: '-batch nope' },
  { line: '-batch .' },
  { line: "-batch ''" },
  { line: '-batch /dev/null netns list', setup: named },
  { line: "printf 'netns list\\nfoo' | $IP -batch -", setup: named },
  { line: "printf 'foo\\nnetns list\\n' | $IP -force -b -", setup: named },
  randomBatchCase,
];
