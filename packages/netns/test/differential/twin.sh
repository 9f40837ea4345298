# twin.sh RESULTS CASE IP: runs one command line in namespaces of its own, and writes down what it did.
#
# CASE holds setup.sh (run with the installed ip) and line.sh (run with $IP, the program under test). RESULTS gets out, err,
# code and state.
results=$1 case=$2
export IP=$3 results
mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir /run/netns || exit 1
cd "$case" || exit 1
. ./setup.sh > "$results/setup" 2>&1
sh ./line.sh > "$results/out" 2> "$results/err" < /dev/null
echo $? > "$results/code"
{
  echo "names:"
  ls -fA /run/netns 2>&1 | while IFS= read -r name; do
    printf '%s (%s)\n' "$name" "$(stat -c '%F, mode %a' "/run/netns/$name" 2>&1)"
  done
  echo "mounts:"
  while read -r _ _ _ _ point options propagation rest; do
    case $point in /run/netns*) printf '%s %s %s\n' "$point" "$options" "${propagation%%:*}" ;; esac
  done < /proc/self/mountinfo
  echo "links:"
  ip -d -o link
  ip -o address
  ip netns list-id
  for path in /run/netns/*; do
    [ -f "$path" ] || continue
    echo "in ${path##*/}:"
    ip -n "${path##*/}" -o link
    ip -n "${path##*/}" -o address
    ip -n "${path##*/}" netns list-id
  done
} > "$results/state" 2>&1
