package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// typecheck runs the program's type checker, if its options name one. The error carries what the checker found.
func typecheck(ctx context.Context, info *pulumirpc.ProgramInfo, tools toolchain.Toolchain) error {
	options, err := pythonOptions(info)
	if err != nil || options.Typechecker == toolchain.TypeCheckerNone {
		return err
	}
	module := strings.ToLower(toolchain.TypeCheckerName(options.Typechecker))
	args := []string{"-m", module, "."}
	if virtualenv, err := tools.VirtualEnvPath(ctx); err == nil && virtualenv != "" && module == "mypy" {
		// the environment's own packages are not the user's to check; pyright leaves them out by itself
		args = append(args, "--exclude", regexp.QuoteMeta(filepath.Base(virtualenv))+"/")
	}
	cmd, err := python(ctx, tools, os.Environ(), args...)
	if err != nil {
		return err
	}
	var output bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = info.GetProgramDirectory(), &output, &output
	err = cmd.Run()
	sweep(ctx, cmd)

	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("%s found errors in %s:\n%s", module, info.GetProgramDirectory(), output.String())
	}
	return err
}
