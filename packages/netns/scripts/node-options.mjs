/**
 * What the front starts Node with. V8 gives every process a hash seed of its own, and counts the hashes of all that it has loaded anew
 * for that, a fifth of the time that Node takes to start. It guards servers against keys that strangers chose to collide; the command
 * reads the words of its user and the tables of the kernel. The compiled forms are for these options only.
 */
export const nodeOptions = ['--no-rehash-snapshot'];
