/**
 * Kinds whose settings `ip` knows and this program does not: a link of such a kind can be made without settings, and
 * with settings the command is refused instead of making something else.
 */
export const foreignKinds: readonly string[] = ['netkit'];
