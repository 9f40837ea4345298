import { attachName } from '../../namespaces/named.ts';
import { type NamespaceRef, openNamespace } from '../../namespaces/reference.ts';
import { defineVerb } from '../define-verb.ts';
import { nothingMore } from '../few-words.ts';
import { writeJson } from '../json.ts';
import { UsageError } from '../verb.ts';

export const verb = defineVerb({
  name: 'attach',
  summary: 'give a namespace that exists a name',
  usage: ['NAME PID|PATH|OTHER-NAME'],
  notes: ['The namespace is that of a process, of a file (a word with a `/` is a path), or of another name.'],
  options: {},
  examples: [
    ['netns attach web 1234', 'name the namespace that process 1234 is in'],
    ['netns attach web /proc/1234/task/1240/ns/net', 'that of one of its threads'],
    ['netns attach azure blue', 'a second name'],
  ],
  otherWords: ['name', 'bind'],
  async run({ words, json, io }) {
    const [name, subject, ...rest] = words;
    if (name === undefined || subject === undefined) throw new UsageError('a name and a process or path are needed');
    nothingMore(rest);
    attachName(name, referenceOf(subject), io.names);
    if (json) {
      using namespace = openNamespace(name, 'net', io.names);
      writeJson(io, { name, inode: namespace.id.ino });
    }
    return 0;
  },
});

function referenceOf(word: string): NamespaceRef {
  return /^[0-9]+$/.test(word) ? { pid: Number(word) } : word;
}
