/**
 * `ip -V`. Scripts take the number behind `iproute2-` to know what `ip` can do: it is the release whose behaviour this
 * program follows. Where iproute2 names the libraries that it was built with, we say who we are.
 */
export const versionLine = 'ip utility, iproute2-7.1.0, netns';
