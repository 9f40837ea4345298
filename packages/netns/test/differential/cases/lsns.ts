/** One command line that is run with the installed `lsns` and with ours, among the same processes. */
export interface LsnsCase {
  /** The words behind `lsns`, for a shell; $BLUE, $DEEP, … are of lsns-scenario.sh. Or a whole script if it names `$LSNS`. */
  readonly line: string;
  /**
   * Ours is not compared with the installed one but with this: with `since` while that is older, as others came to do the same. With `from`,
   * others did the same before this version.
   */
  readonly differs?: { readonly since?: string; readonly from?: string; readonly why: string } & LsnsExpected;
}

/** What is left out is as with the installed `lsns`. `<BLUE>` and the like stand for numbers of the run. */
export interface LsnsExpected {
  readonly out?: string | RegExp;
  readonly err?: string | RegExp;
  readonly code?: number;
}

/**
 * In lists, later releases show namespaces that only a mount or a descriptor holds: lines about network namespaces are about one
 * process.
 */
export const lsnsCases: readonly LsnsCase[] = [
  { line: '-t uts' },
  { line: '-t uts -l' },
  { line: '-t uts -r' },
  { line: '-t uts -r -l' },
  { line: '-t uts -J' },
  { line: '-t uts -J -l' },
  { line: '-t uts -o command,ns' },
  { line: '-t uts -o ns,command,pid,ppid -u' },
  { line: 'LC_ALL=C $LSNS -t uts' },
  { line: 'LC_ALL=C $LSNS -t uts -T -t user -t cgroup' },
  { line: '-t user -t cgroup' },
  { line: '-t pid' },
  { line: '-t pid -t user -t ipc -t cgroup -t time -l' },
  { line: '-t pid -t user -t cgroup --tree=parent' },
  { line: '-t user -t uts -t ipc -t cgroup -T' },
  { line: '-t user -t uts -t ipc -t cgroup -T -J' },
  { line: '-t user -t pid -t cgroup -Tprocess' },
  { line: '-t user -t pid -t cgroup -T=owner -l' },
  { line: '-t user -t cgroup -o +pns,ons,uid,path' },
  { line: '-t uts --output-all' },
  { line: '-t uts --output-all -r' },
  { line: '-t uts --output-all -J' },
  { line: '-t uts --output-all -o ns' },
  { line: '-t uts -o ns,ns,TYPE' },
  { line: '-t user -o pid,command' },
  { line: '-t net -p $blue' },
  {
    line: '-t net -p $blue -J',
    differs: {
      from: '2.42',
      why: 'of several mounts, all are told',
      out: /^ {9}"nsfs": "\/run\/netns\/blue\\n\/run\/netns\/red",$/m,
      err: '',
      code: 0,
    },
  },
  { line: '-t net -p $blue -W' },
  { line: '-t net -p $blue -r' },
  { line: '-t net -p $blue -o ns,nsfs' },
  { line: '-t net -p $blue -o nsfs,command' },
  { line: '-t net -p $blue -o nsfs -W -J' },
  { line: '-p $deep' },
  { line: '-p $deep -l' },
  { line: '-p $deep -T' },
  { line: '-p $deep -Tparent' },
  { line: '-p $deep -o ns,type -J' },
  { line: '-p 99999' },
  { line: '-p 99999 -J' },
  { line: '-p 99999 -r' },
  { line: '$BLUE' },
  { line: '$BLUE -l -J' },
  { line: '$DEEP' },
  { line: '$DEEP -o ns,pid,command -r' },
  { line: '$DEEP extra words' },
  { line: '-t uts $BLUE' },
  { line: '12345' },
  { line: 'xyz' },
  { line: '18446744073709551615' },
  { line: '18446744073709551616' },
  { line: '-- -J' },
  { line: '-p 1 5' },
  { line: '-p x' },
  { line: '-p 99999999999' },
  { line: '-t foo' },
  { line: '-o foo' },
  { line: '-o ns,,pid' },
  { line: '-o ns,' },
  { line: '-o ""' },
  { line: '-o +' },
  { line: '-Tfoo' },
  { line: '--tree parent' },
  { line: '--bogus' },
  { line: '-Z' },
  { line: '-o' },
  { line: '--type' },
  { line: '--json=3' },
  { line: '--no' },
  { line: '--out ns' },
  { line: '--notr --type uts --noh --json' },
  {
    line: '-J -r',
    differs: {
      since: '2.42',
      why: 'other words',
      err: 'lsns: options --json and --raw cannot be combined\n',
    },
  },
  {
    line: '-p 0',
    differs: {
      since: '2.42',
      why: 'no process has this number',
      out: '',
      err: "lsns: invalid PID argument: '0': Numerical result out of range\n",
      code: 1,
    },
  },
  {
    line: '-t user -n -l -o pid,type',
    differs: {
      since: '2.42',
      why: 'names that are not shown take no room',
      out: /^(?:[ \d]{0,4}\d user\n)+$/,
    },
  },
  {
    line: '-P -t net -o ns,type,nprocs,pid,uid,nsfs -r',
    differs: {
      since: '2.41',
      why: 'namespaces that only mounts and descriptors hold',
      out: /^NS TYPE NPROCS PID UID NSFS\n(?=[\s\S]*<ALONE> net 0 {2}0 \/run\/netns\/alone\n)(?=[\s\S]*<HELD> net 0 {2}0 \n)(?:\d+ net 0 {2}0 .*\n){2,}$/,
      err: '',
      code: 0,
    },
  },
  {
    line: '-t net -T -p $deep -o ns -l',
    differs: {
      since: '2.41',
      why: 'only types that were asked for',
      out: /^NS\n\d+\n$/,
    },
  },
  {
    line: `-Q 'TYPE == "user" and PID == 1' -o ns,type -r`,
    differs: { since: '2.41', why: 'filters', out: /^NS TYPE\n\d+ user\n$/, err: '', code: 0 },
  },
  {
    line: `-l -Q 'COMMAND =~ "^sleep 100[13]$" && TYPE eq "net"' -o command,nsfs -W -n -r`,
    differs: {
      since: '2.41',
      why: 'filters',
      out: /^(?=[\s\S]*sleep\\x201001 \/run\/netns\/blue,\/run\/netns\/red\n)(?=[\s\S]*sleep\\x201003 \/run\/netns\/green,\/run\/netns\/emerald\n)(?:.*\n){2}$/,
      err: '',
      code: 0,
    },
  },
  {
    line: `-Q 'PID =='`,
    differs: {
      since: '2.41',
      why: 'filters',
      out: '',
      err: 'lsns: failed to parse "PID ==": syntax error, unexpected end of file\n',
      code: 1,
    },
  },
  {
    line: `-Q 'FOO or BAR'`,
    differs: {
      since: '2.41',
      why: 'filters',
      out: '',
      err: 'lsns: unknown column: FOO\nlsns: unknown column: BAR\nlsns: failed to initialize filter\n',
      code: 1,
    },
  },
  {
    line: `-t net -Q 'NETNSID == 12'`,
    differs: {
      since: '2.41',
      why: 'filters',
      out: '',
      err: 'lsns: failed to apply filter: Invalid argument\n',
      code: 1,
    },
  },
  {
    line: '-H',
    differs: {
      since: '2.41',
      why: 'a list of columns',
      out: /^ {5}NS <integer> namespace identifier \(inode number\)\n {3}TYPE <string> +\S[\s\S]*COMMAND <string>[\s\S]*\n$/,
      err: '',
      code: 0,
    },
  },
  {
    line: '-J -H',
    differs: {
      since: '2.41',
      why: 'a list of columns',
      out: /^\{\n {3}"lsns-columns": \[\n {6}\{\n {9}"holder": "NS",\n {9}"type": "<integer>",\n {9}"description": "[^"]+"\n {6}\},\{/,
      err: '',
      code: 0,
    },
  },
  {
    line: '-r -J',
    differs: { since: '2.42', why: 'other words', err: 'lsns: options --raw and --json cannot be combined\n' },
  },
  {
    line: '-p 1 -P',
    differs: {
      since: '2.42',
      why: 'other words',
      err: 'lsns: options --task and --persistent cannot be combined\n',
      code: 1,
    },
  },
  {
    line: '-t user',
    differs: {
      since: '2.42',
      why: 'a column is no wider than its name needs',
      out: /^ {8}NS TYPE NPROCS +PID USER +COMMAND\n(?:\d{10} user +\d+ +\d+ \w+ +\S.*\n)+$/,
    },
  },
  {
    line: '-t user -n',
    differs: {
      since: '2.42',
      why: 'a column is no wider than its name needs',
      out: /^(?:\d{10} user +\d+ +\d+ \w+ +\S.*\n)+$/,
    },
  },
  {
    // The way down to the rows below goes on beside the last line, too.
    line: `-t net -o NSFS,COMMAND -Q 'NSFS =~ "green" or COMMAND == "sleep 1002"'`,
    differs: {
      since: '2.42',
      why: 'filters; the tree beside further lines',
      out: [
        'NSFS               COMMAND',
        '/run/netns/green   sleep 1003',
        '/run/netns/emerald │ ',
        '                   └─sleep 1002',
        '',
      ].join('\n'),
      err: '',
      code: 0,
    },
  },
  {
    line: "-Q ''",
    differs: { since: '2.42', why: 'an empty filter is none', out: /^ +NS TYPE +NPROCS/, err: '', code: 0 },
  },
  {
    line: "-Q 'TYPE TYPE'",
    differs: {
      since: '2.42',
      why: 'filters',
      out: '',
      err: 'lsns: failed to parse "TYPE TYPE": syntax error, unexpected HOLDER, expecting end of file\n',
      code: 1,
    },
  },
  {
    line: `-t time -o TYPE -n -Q 'TYPE =~ "q+?"'`,
    differs: { since: '2.42', why: 'filters', out: 'time\n', err: '', code: 0 },
  },
  {
    line: `-t time -Q 'TYPE =~ "a{"'`,
    differs: {
      since: '2.42',
      why: 'filters',
      out: '',
      err: 'lsns: failed to parse "TYPE =~ "a{"": Unmatched \\{\n',
      code: 1,
    },
  },
  ...['compact', 'lines'].map(
    (form): LsnsCase => ({
      line: `LIBSMARTCOLS_JSON=${form} $LSNS -J -l -t uts -t net -o ns,type,command -p $blue`,
      differs: {
        since: '2.42',
        why: 'other layouts of JSON',
        out: /^(\{"namespaces":\[\n)?(\{"ns":\d+,"type":"\w+","command":"[^\n]*"\},?\n){2}(\]\}\n)?$/,
      },
    }),
  ),
  ...['compact', 'lines'].map(
    (form): LsnsCase => ({
      line: `LIBSMARTCOLS_JSON=${form} $LSNS -J -p 99999`,
      differs: { since: '2.42', why: 'other layouts of JSON', out: form === 'lines' ? '' : '{"namespaces":[\n]}\n' },
    }),
  ),
  {
    line: '-H -J',
    differs: {
      since: '2.42',
      why: 'a list of columns',
      out: /^\{\n {3}"lsns-columns": \[\n {6}\{\n {9}"holder": "NS",/,
      err: '',
      code: 0,
    },
  },
  {
    line: '-o x -H',
    differs: { since: '2.42', why: 'a list of columns', out: /^ {5}NS <integer> /, err: '', code: 0 },
  },
  {
    line: '-H -J -r',
    differs: {
      since: '2.42',
      why: 'a list of columns',
      out: '',
      err: 'lsns: options --json and --raw cannot be combined\n',
      code: 1,
    },
  },
];
