/**
 * Objects of `ip` that `netns` has as verbs, too, with the commands that they are mostly used for: `netns route add …` is
 * `netns ip route add …`.
 */
export const ipObjects = {
  link: ['show', 'add', 'set', 'del'],
  address: ['show', 'add', 'replace', 'del'],
  route: ['show', 'get', 'add', 'replace', 'del', 'flush'],
  rule: ['show', 'add', 'del'],
  neighbour: ['show', 'add', 'replace', 'del', 'flush'],
  nexthop: ['show', 'add', 'replace', 'del'],
} as const;

/** Other spellings that are in use. */
const aliases = ['addr', 'neigh', 'neighbor'];

/** What its monitor takes beside these objects. */
const monitorWords = ['all', 'netconf', 'nsid', 'label', 'all-nsid', 'dev'];

/** Options of `ip` in front of the object, with which a command line may begin. */
const options = /^-(?:n|netns|json|j|pretty|p|details|d|statistics|stats|s|brief|br|oneline|o|color|c|Numeric|N|[46])$/;
const withValue = ['-n', '-netns'];

/**
 * Whether the words behind `netns` are those of `ip`: an object, with options of `ip` in front of it, such as `-n NAME`.
 * `monitor` alone tells of names; with an object, or behind an option of `ip`, it is the monitor of `ip`.
 */
export function areIpWords(argv: readonly string[]): boolean {
  let at = 0;
  while (options.test(argv[at] ?? '')) at += withValue.includes(argv[at] ?? '') ? 2 : 1;
  const object = argv[at] ?? '';
  const isObject = (word: string) => Object.hasOwn(ipObjects, word) || aliases.includes(word);
  if (object !== 'monitor') return isObject(object);
  const next = argv[at + 1] ?? '';
  return at > 0 || isObject(next) || monitorWords.includes(next);
}
