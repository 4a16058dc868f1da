package host

import (
	"context"
	"os/exec"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
)

// childGrace is what a child may use to end by itself. The engine kills this host five seconds after it asks it to
// stop, so that children have to be gone well before.
const childGrace = 2 * time.Second

// supervise makes cmd the leader of a process group of its own, which ends when cmd's context does.
//
// The group keeps the engine's SIGINT away: Python would answer it with a traceback in the middle of the diagnostics.
// SIGTERM ends Python at once and silently, and a program that handles it has the grace time to clean up.
func supervise(cmd *exec.Cmd) {
	cmdutil.RegisterProcessGroup(cmd)
	cmd.Cancel = func() error { return terminateGroup(cmd.Process.Pid) }
	cmd.WaitDelay = childGrace
}

// sweep kills what a cancelled child left of its process group; a child that ended by itself may leave daemons.
func sweep(ctx context.Context, cmd *exec.Cmd) {
	if ctx.Err() != nil && cmd.Process != nil {
		_ = cmdutil.KillChildren(cmd.Process.Pid) // an error means that nothing was left
	}
}
