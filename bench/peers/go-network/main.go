// dump links|addresses|routes COUNT RUNS, or add-routes LINK COUNT: with vishvananda/netlink, in this network namespace; prints START END in
// nanoseconds, for dump then one duration for each run.
package main

import (
	"fmt"
	"net"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/vishvananda/netlink"
)

// CLOCK_MONOTONIC, which Go's own time package does not show as a number.
func now() int64 {
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func read(table string) int {
	switch table {
	case "links":
		links, err := netlink.LinkList()
		check(err)
		return len(links)
	case "addresses":
		addresses, err := netlink.AddrList(nil, netlink.FAMILY_ALL)
		check(err)
		return len(addresses)
	}
	routes, err := netlink.RouteList(nil, netlink.FAMILY_ALL)
	check(err)
	return len(routes)
}

func dump(table string, count int, runs int) {
	stamps := []int64{now()}
	for i := 0; i < runs; i++ {
		if found := read(table); found < count {
			check(fmt.Errorf("%d are too few", found))
		}
		stamps = append(stamps, now())
	}
	fmt.Println(stamps[0], stamps[runs])
	for i := 0; i < runs; i++ {
		fmt.Println(stamps[i+1] - stamps[i])
	}
}

func addRoutes(name string, count int) {
	link, err := netlink.LinkByName(name)
	check(err)
	handle, err := netlink.NewHandle()
	check(err)
	start := now()
	for i := 0; i < count; i++ {
		destination := &net.IPNet{IP: net.IPv4(10, byte(i>>8), byte(i), 0), Mask: net.CIDRMask(24, 32)}
		check(handle.RouteAdd(&netlink.Route{LinkIndex: link.Attrs().Index, Scope: netlink.SCOPE_LINK, Dst: destination}))
	}
	fmt.Println(start, now())
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	check(err)
	return value
}

func main() {
	if os.Args[1] == "dump" {
		dump(os.Args[2], number(os.Args[3]), number(os.Args[4]))
	} else {
		addRoutes(os.Args[2], number(os.Args[3]))
	}
}
