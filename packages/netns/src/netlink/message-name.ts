/** The kernel's name of a declaration's message: RTM_NEWLINK, NFT_MSG_NEWTABLE. */
export function messageName({ kernelName }: { readonly kernelName: string }, verb: string): string {
  const word = verb.toUpperCase();
  return kernelName.includes('_') ? kernelName.replace('*', word) : `RTM_${word}${kernelName}`;
}
