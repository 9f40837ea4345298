// create|delete COUNT: named network namespaces b0, b1, ... with vishvananda/netns; prints START END in nanoseconds.
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"github.com/vishvananda/netns"
)

// CLOCK_MONOTONIC, which Go's own time package does not show as a number.
func now() int64 {
	var t syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, 1, uintptr(unsafe.Pointer(&t)), 0)
	return t.Nano()
}

func main() {
	runtime.LockOSThread()
	count, _ := strconv.Atoi(os.Args[2])
	start := now()
	for i := 0; i < count; i++ {
		name := fmt.Sprintf("b%d", i)
		var err error
		if os.Args[1] == "create" {
			var handle netns.NsHandle
			if handle, err = netns.NewNamed(name); err == nil {
				err = handle.Close()
			}
		} else {
			err = netns.DeleteNamed(name)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, name, err)
			os.Exit(1)
		}
	}
	fmt.Println(start, now())
}
