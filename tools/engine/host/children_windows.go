package host

import "github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"

func terminateGroup(leader int) error {
	return cmdutil.KillChildren(leader) // Windows knows no polite signal for a foreign process group
}
