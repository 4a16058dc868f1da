//go:build !windows

package host

import "syscall"

func terminateGroup(leader int) error {
	return syscall.Kill(-leader, syscall.SIGTERM)
}
