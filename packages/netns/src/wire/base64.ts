import { leaf } from './shape.ts';

const shape = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Bytes that people know in base64: keys. */
export const base64 = leaf<string>({
  name: 'base64',
  sizes: undefined,
  read: (bytes, _view, start, end) => btoa(String.fromCharCode(...bytes.subarray(start, end))),
  write(writer, value) {
    if (typeof value !== 'string' || !shape.test(value)) return 'must be bytes in base64';
    for (const character of atob(value)) writer.byte(character.charCodeAt(0));
    return undefined;
  },
});
