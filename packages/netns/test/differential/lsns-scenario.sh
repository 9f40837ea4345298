# lsns-scenario.sh PLACE THEIRS OURS: makes a known set of processes and runs command lines with two programs among them.
#
# It is process 1 of its own pid namespace, in mount and network namespaces of its own. PLACE holds directories with a line each; what a
# line did goes to DIRECTORY/{theirs,ours}.{out,err,code}. THEIRS and OURS are directories with an lsns in each.
place=$1
mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs tmpfs /run && mkdir /run/netns || exit 1

unshare --net sleep 1001 &
blue=$!
unshare --net sh -c 'unshare --net --uts sleep 1002 & exec sleep 1003' &
green=$!
unshare --uts bash -c 'exec -a "$(printf "odd\\t\\\\x \\303\\251 \"q\"")" sleep 1004' &
unshare --user --map-root-user --net --mount sleep 1005 &
deep=$!
unshare --ipc --pid --fork sleep 1006 &
unshare --cgroup sleep 1007 &
unshare --net sleep 1008 &
held=$!

tries=0
until [ "$(cat /proc/[0-9]*/comm 2> /dev/null | grep -c '^sleep$')" = 8 ]; do
  tries=$((tries + 1))
  [ $tries -lt 300 ] || { echo 'the processes did not come' >&2; exit 1; }
  sleep 0.1
done
inode() { stat -Lc %i "/proc/$1/ns/$2"; }
for name in blue red green emerald; do : > /run/netns/$name; done
mount --bind /proc/$blue/ns/net /run/netns/blue
mount --bind /proc/$blue/ns/net /run/netns/red
mount --bind /proc/$green/ns/net /run/netns/green
mount --bind /proc/$green/ns/net /run/netns/emerald
# One that only a mount holds, and one that only a descriptor of ours holds.
: > /run/netns/alone
unshare --net="/run/netns/alone" true
exec 9< /proc/$held/ns/net
HELD=$(inode $held net)
kill $held
wait $held 2> /dev/null

export BLUE=$(inode $blue net) DEEP=$(inode $deep user) OWN=$(inode 1 net) HELD
export ALONE=$(stat -c %i /run/netns/alone) blue deep
cd "$place" || exit 1
env | grep -E '^(BLUE|DEEP|OWN|HELD|ALONE|blue|deep)=' > variables
for case in */; do
  for who in theirs ours; do
    [ $who = theirs ] && directory=$2 || directory=$3
    (cd "$case" && PATH=$directory:$PATH LSNS=lsns exec sh ./line.sh) > "$case$who.out" 2> "$case$who.err" < /dev/null 9<&-
    echo $? > "$case$who.code"
  done
done
