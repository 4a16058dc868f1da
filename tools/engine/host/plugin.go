package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/grpc"
)

// pluginVirtualenv is where a plugin's packages are when its options don't say so.
const pluginVirtualenv = "venv"

// RunPlugin runs a policy pack, a component package or a provider until it ends or the engine hangs up. Its output is
// streamed live, as the first line of it is the port that the engine waits for; the exit code comes last.
func (h *Host) RunPlugin(
	req *pulumirpc.RunPluginRequest, stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse],
) error {
	ctx, done := h.operations.join(stream.Context())
	defer done()

	if req.GetAttachDebugger() {
		return errors.New(noDebugger)
	}
	tools, err := pluginToolchain(req.GetInfo())
	if err != nil {
		return err
	}
	output := &pluginOutput{}
	output.ServerStreamingServer = stream
	run := runProvider
	if req.GetKind() == "analyzer" {
		run = runPolicyPack
	}
	code, err := exitCode(run(ctx, tools, req, output))
	if err != nil {
		return err
	}
	return output.exit(code)
}

// pluginToolchain gives the package manager of a plugin. If its options name no environment, that is the folder venv;
// as long as there is no such folder, it is the Python on PATH.
func pluginToolchain(info *pulumirpc.ProgramInfo) (toolchain.Toolchain, error) {
	options, err := pythonOptions(info)
	if err != nil {
		return nil, err
	}
	if usesPip(options) && options.Virtualenv == "" &&
		toolchain.IsVirtualEnv(filepath.Join(options.Root, pluginVirtualenv)) {
		options.Virtualenv = pluginVirtualenv
	}
	return toolchain.ResolveToolchain(options)
}

// runProvider runs a folder with a __main__.py, or else an installable package by its name.
func runProvider(
	ctx context.Context, tools toolchain.Toolchain, req *pulumirpc.RunPluginRequest, output *pluginOutput,
) error {
	args, err := providerArguments(req.GetInfo().GetProgramDirectory())
	if err != nil {
		return err
	}
	cmd, err := python(ctx, tools, req.GetEnv(), append(args, req.GetArgs()...)...)
	if err != nil {
		return err
	}
	cmd.Dir = req.GetPwd()
	cmd.Stdout, cmd.Stderr = output.stdout(), output.stderr()
	err = cmd.Run()
	sweep(ctx, cmd)
	return err
}

// providerArguments says how Python starts the plugin in a folder.
func providerArguments(folder string) ([]string, error) {
	if _, err := os.Stat(filepath.Join(folder, "__main__.py")); err == nil {
		return []string{folder}, nil
	}
	buildable, err := toolchain.IsBuildablePackage(folder)
	if err != nil {
		return nil, err
	}
	if !buildable {
		return nil, fmt.Errorf("%s has neither a __main__.py nor a pyproject.toml with a [project] name and a "+
			"[build-system]: add one of them, so that it can be run as a plugin", folder)
	}
	project, err := toolchain.LoadPyproject(folder)
	if err != nil {
		return nil, err
	}
	return []string{"-m", "pulumi.run.plugin", project.Project.Name}, nil
}

// exitCode separates a plugin that ended with some code from one that couldn't be run.
func exitCode(err error) (int, error) {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), nil
	}
	return 0, err
}
