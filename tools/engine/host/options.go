package host

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/fsutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/protobuf/types/known/structpb"
)

// pythonOptions reads `runtime.options` of a Pulumi.yaml, PulumiPlugin.yaml or PulumiPolicy.yaml.
func pythonOptions(info *pulumirpc.ProgramInfo) (toolchain.PythonOptions, error) {
	options := toolchain.PythonOptions{}
	if info == nil {
		return options, errors.New("the engine did not say which program it means: it is older than this language host")
	}
	options.Root, options.ProgramDir = info.GetRootDirectory(), info.GetProgramDirectory()
	values := info.GetOptions().GetFields()

	var errs []error
	text := func(key string) string {
		value, err := textOption(values, key)
		errs = append(errs, err)
		return value
	}
	options.Virtualenv = text("virtualenv")
	switch name := text("toolchain"); name {
	case "":
		options.Toolchain = toolchain.Auto
	case "pip":
		options.Toolchain = toolchain.Pip
	case "poetry":
		options.Toolchain = toolchain.Poetry
	case "uv":
		options.Toolchain = toolchain.Uv
	default:
		errs = append(errs, fmt.Errorf("runtime option toolchain: %q is not one of pip, poetry, uv", name))
	}
	switch name := text("typechecker"); name {
	case "":
		options.Typechecker = toolchain.TypeCheckerNone
	case "mypy":
		options.Typechecker = toolchain.TypeCheckerMypy
	case "pyright":
		options.Typechecker = toolchain.TypeCheckerPyright
	default:
		errs = append(errs, fmt.Errorf("runtime option typechecker: %q is not one of mypy, pyright", name))
	}
	return options, errors.Join(errs...)
}

func textOption(values map[string]*structpb.Value, key string) (string, error) {
	value, given := values[key]
	if !given {
		return "", nil
	}
	text, ok := value.GetKind().(*structpb.Value_StringValue)
	if !ok {
		return "", fmt.Errorf("runtime option %s: %v is not a string", key, value.AsInterface())
	}
	return text.StringValue, nil
}

// usesPip says if pip manages the environment: by choice, or because nothing else left a lock file.
func usesPip(options toolchain.PythonOptions) bool {
	if options.Toolchain != toolchain.Auto {
		return options.Toolchain == toolchain.Pip
	}
	for _, lock := range []string{"uv.lock", "poetry.lock"} {
		if _, err := fsutil.Searchup(options.ProgramDir, lock); err == nil {
			return false
		}
	}
	return true
}

// resolveToolchain gives the package manager that a program's options ask for.
func resolveToolchain(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options, err := pythonOptions(info)
	if err != nil {
		return nil, err
	}
	return toolchain.ResolveToolchain(options)
}

// python gives a supervised command that runs the program's Python with the given environment. Its output isn't
// buffered, as the engine reads ports and messages from it while it runs.
func python(
	ctx context.Context, tools toolchain.Toolchain, environment []string, args ...string,
) (*exec.Cmd, error) {
	if err := tools.ValidateVenv(ctx); err != nil {
		return nil, err
	}
	cmd, err := tools.Command(ctx, append([]string{"-u"}, args...)...)
	if err != nil {
		return nil, err
	}
	virtualenv, err := tools.VirtualEnvPath(ctx)
	if err != nil {
		return nil, err
	}
	cmd.Env = environment
	if virtualenv != "" {
		cmd.Env = toolchain.ActivateVirtualEnv(environment, virtualenv)
	}
	supervise(cmd)
	return cmd, nil
}
