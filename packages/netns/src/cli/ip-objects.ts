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
const options =
  /^-(?:n|netns|json|j|pretty|p|details|d|statistics|stats|s|brief|br|oneline|o|color|c|Numeric|N|family|f|resolve|r|iec|timestamp|t|tshort|ts|force|batch|b|all|a|[460BM])$/;
const withValue = ['-n', '-netns', '-family', '-f', '-batch', '-b'];
/** The verbs have these, too. */
const anybodys = ['-json', '-j'];

/**
 * Whether the words behind `netns` are those of `ip`: an object, with options of `ip` in front of it, such as `-n NAME`; behind those an object may be
 * any of `ip`, and as short as there, if it is called like no verb. `monitor` alone tells of names; with an object, or behind an option of `ip`, it is
 * the monitor of `ip`.
 */
export function areIpWords(argv: readonly string[], isVerb: (word: string) => boolean): boolean {
  let at = 0;
  let own = false;
  for (; options.test(argv[at] ?? ''); at += withValue.includes(argv[at] ?? '') ? 2 : 1)
    own ||= !anybodys.includes(argv[at] ?? '');
  const object = argv[at];
  if (object === undefined) return argv.some((word) => word === '-batch' || word === '-b');
  const isObject = (word: string) => Object.hasOwn(ipObjects, word) || aliases.includes(word);
  if (object !== 'monitor') return isObject(object) || (own && !object.startsWith('-') && !isVerb(object));
  const next = argv[at + 1] ?? '';
  return at > 0 || isObject(next) || monitorWords.includes(next);
}
