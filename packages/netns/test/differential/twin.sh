# twin.sh PLACE WHO=IP...: prepares namespaces of its own and runs command lines in them.
#
# PLACE holds setup.sh (run with the installed ip) and directories with a line.sh each (run with $IP, once for each WHO). What a
# line did goes to DIRECTORY/WHO/{out,err,code}; what there is before and after all lines to PLACE/{before,after}.
# Where there is a file `together`, ours only writes down its words, and run-inside.mjs runs them all at the end.
place=$1
here=${0%/*}
shift
mount --make-rprivate / && mount -t tmpfs tmpfs /run && mkdir /run/netns || exit 1
printf 'link\naddress\nnetns list-id\nrule\nnexthop\n' > /run/state
cat > "$place/recorder" << 'END' && chmod +x "$place/recorder"
#!/bin/sh
for word do printf '%s\0' "$word"; done > "$results/argv"
END

# Routes and rules that are not the kernel's own, which come when their addresses are ready; neighbours, which are in no order.
routes() {
  "$@" neighbour show nud permanent | sort
  "$@" route show table all | grep -v 'proto kernel'
  "$@" -6 rule
}

# Everything that a line may change.
state() {
  echo "names:"
  ls -fA /run/netns 2>&1 | while IFS= read -r name; do
    stat -c '%n: %F, mode %a' "/run/netns/$name"
  done
  echo "mounts:"
  while read -r _ _ _ _ point options propagation _; do
    case $point in /run/netns*) echo "$point $options ${propagation%%:*}" ;; esac
  done < /proc/self/mountinfo
  echo "links:"
  ip -d -o -batch /run/state
  routes ip
  for path in /run/netns/*; do
    [ -f "$path" ] || continue
    echo "in $path:"
    nsenter --net="$path" ip -d -o -batch /run/state
    routes nsenter --net="$path" ip
  done
  return 0
}

cd "$place" || exit 1
. ./setup.sh > setup.log 2>&1
[ $# = 1 ] || state > before 2>&1
for case in */; do
  for program in "$@"; do
    who=${program%%=*}
    results=$place/$case$who
    mkdir "$results"
    [ $who = ours ] && [ -e "$case/together" ] && program=ours=$place/recorder
    (cd "$case" && IP=${program#*=} results=$results exec sh ./line.sh) > "$results/out" 2> "$results/err" < /dev/null
    echo $? > "$results/code"
  done
done
[ $# = 1 ] || node "$here/run-inside.mjs" "$place" || exit
state > after 2>&1
