import { Assembler } from '../../../../inspect/kernel-list/assembler.ts';

/** Binds each new socket of a control group to a device: the first member of `struct bpf_sock` (`linux/bpf.h`) is `bound_dev_if`. Pure. */
export function bindingProgram(index: number): Uint8Array {
  return new Assembler().set(2, index).storeWord(1, 0, 2).return(1).bytes();
}
