package host

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/grpc"
)

// satisfied is a Python script that ends with code 0 if all its requirements are installed.
//
//go:embed satisfied.py
var satisfied string

// InstallDependencies installs what a program or plugin requires into its environment. It leaves an environment alone
// that has everything already: so `pulumi package add` and `pulumi install` need no network then.
func (h *Host) InstallDependencies(
	req *pulumirpc.InstallDependenciesRequest, stream grpc.ServerStreamingServer[pulumirpc.InstallDependenciesResponse],
) error {
	ctx, done := h.operations.join(stream.Context())
	defer done()

	options, err := pythonOptions(req.GetInfo())
	if err != nil {
		return err
	}
	if req.GetIsPlugin() && usesPip(options) && options.Virtualenv == "" {
		options.Virtualenv = pluginVirtualenv // a plugin never installs into the user's own Python
	}
	output := &serialized[pulumirpc.InstallDependenciesResponse]{ServerStreamingServer: stream}
	closer, stdout, stderr, err := rpcutil.MakeInstallDependenciesStreams(output, req.GetIsTerminal())
	if err != nil {
		return err
	}
	job := installation{
		options: options, folder: req.GetInfo().GetProgramDirectory(), plugin: req.GetIsPlugin(),
		versionTools: req.GetUseLanguageVersionTools(), stdout: stdout, stderr: stderr,
	}
	return errors.Join(job.run(ctx), closer.Close())
}

// installation is one request to install, with its answers' streams.
type installation struct {
	options        toolchain.PythonOptions
	folder         string
	plugin         bool
	versionTools   bool
	stdout, stderr io.Writer
}

func (i *installation) run(ctx context.Context) error {
	tools, err := toolchain.ResolveToolchain(i.options)
	if err != nil {
		return err
	}
	installable, err := i.installable()
	if err != nil {
		return err
	}
	if usesPip(i.options) && i.complete(ctx, tools, installable) {
		_, err := fmt.Fprintf(i.stdout, "All dependencies of %s are installed\n", i.folder)
		return err
	}
	fmt.Fprintf(i.stdout, "Installing dependencies of %s\n", i.folder)
	if err := tools.InstallDependencies(ctx, i.folder, i.versionTools, true, i.stdout, i.stderr); err != nil {
		return err
	}
	if usesPip(i.options) && installable != "" {
		return i.installItself(ctx, tools)
	}
	return nil
}

// installable gives the name of a plugin that is run by its name, as it has no __main__.py: such a one must be
// installed itself. Empty for all others.
func (i *installation) installable() (string, error) {
	if _, err := os.Stat(filepath.Join(i.folder, "__main__.py")); err == nil || !i.plugin {
		return "", nil
	}
	buildable, err := toolchain.IsBuildablePackage(i.folder)
	if err != nil || !buildable {
		return "", err
	}
	project, err := toolchain.LoadPyproject(i.folder)
	if err != nil {
		return "", err
	}
	return project.Project.Name, nil
}

// complete says if the environment exists and has all that is asked for. In doubt it says no.
func (i *installation) complete(ctx context.Context, tools toolchain.Toolchain, installable string) bool {
	args := []string{"-c", satisfied, filepath.Join(i.folder, "requirements.txt")}
	if installable != "" {
		args = append(args, installable)
	}
	cmd, err := python(ctx, tools, os.Environ(), args...)
	if err != nil {
		return false
	}
	err = cmd.Run()
	sweep(ctx, cmd)
	return err == nil
}

func (i *installation) installItself(ctx context.Context, tools toolchain.Toolchain) error {
	cmd, err := python(ctx, tools, os.Environ(), "-m", "pip", "install", i.folder)
	if err != nil {
		return err
	}
	cmd.Stdout, cmd.Stderr = i.stdout, i.stderr
	err = cmd.Run()
	sweep(ctx, cmd)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return fmt.Errorf("pip could not install the plugin %s: %w", i.folder, err)
	}
	return err
}
