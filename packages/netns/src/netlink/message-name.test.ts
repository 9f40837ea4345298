import { expect, it } from 'vitest';
import { messageName } from './message-name.ts';

it.each([
  ['LINK', 'new', 'RTM_NEWLINK'],
  ['NFT_MSG_*TABLE', 'del', 'NFT_MSG_DELTABLE'],
  ['SOCK_DIAG_BY_FAMILY', 'get', 'SOCK_DIAG_BY_FAMILY'],
])('%s and %s make %s', (kernelName, verb, name) => {
  expect(messageName({ kernelName }, verb)).toBe(name);
});
