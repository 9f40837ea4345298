import { leaf } from '../../../wire/shape.ts';

/**
 * MPLS labels, outermost first: `[100, 200]` is what `ip` writes as `100/200`. On the wire each takes 20 bits of four bytes (RFC 3032);
 * the last one carries the bottom-of-stack bit. Traffic class and time to live, which the kernel has as zero here, are left out.
 */
export const mplsLabels = leaf<readonly number[]>({
  name: 'mplsLabels',
  // MAX_NEW_LABELS is 30.
  sizes: Array.from({ length: 30 }, (_, index) => 4 * (index + 1)),
  read(_bytes, view, start, end) {
    const labels: number[] = [];
    for (let at = start; at < end; at += 4) labels.push(view.getUint32(at) >>> 12);
    return labels;
  },
  write(writer, value) {
    if (!Array.isArray(value) || value.length < 1 || value.length > 30) return 'must be an array of 1 to 30 labels';
    for (const [index, label] of value.entries()) {
      if (!Number.isInteger(label) || label < 0 || label > 0xfffff) return 'labels are integers from 0 to 1048575';
      const at = writer.reserve(4);
      writer.view.setUint32(at, ((label << 12) | (index === value.length - 1 ? 0x100 : 0)) >>> 0);
    }
    return undefined;
  },
});
