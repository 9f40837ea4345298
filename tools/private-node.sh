#!/bin/sh
# Node in private namespaces: an own network, own mounts, an empty /run; root inside. As an ordinary user an own user namespace as well.
#   PRIVATE_NODE=/path/to/node tools/private-node.sh [NODE ARGUMENTS...]
# The flags are CLONE_NEWNS|CLONE_NEWNET (|CLONE_NEWUSER) and MS_REC|MS_PRIVATE.
arch=x64
[ "$(uname -m)" = aarch64 ] && arch=arm64
nsexec="${0%/*}/../packages/netns/prebuilds/linux-$arch/nsexec"
if [ "$(id -u)" = 0 ]; then
  set -- unshare $((0x40020000)) mount '' / none $((0x44000)) mount tmpfs /run tmpfs 0 -- "${PRIVATE_NODE:-node}" "$@"
else
  set -- unshare $((0x50020000)) write /proc/self/setgroups deny write /proc/self/uid_map "0 $(id -u) 1" write /proc/self/gid_map "0 $(id -g) 1" \
    mount '' / none $((0x44000)) mount tmpfs /run tmpfs 0 -- "${PRIVATE_NODE:-node}" "$@"
fi
exec "$nsexec" exit 125 say 'cannot make private namespaces' "$@"
