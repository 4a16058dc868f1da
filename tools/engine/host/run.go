package host

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// exitShown is the executor's exit code for an error that the user has already seen.
const exitShown = 32

// noDebugger answers --attach-debugger.
const noDebugger = "this language host can't attach a debugger: start one in the program itself (import debugpy; " +
	"debugpy.listen(5678); debugpy.wait_for_client()), or use the official Pulumi release"

// Run executes a program to its end. What the program prints goes to this process's own output, which the engine shows.
func (h *Host) Run(call context.Context, req *pulumirpc.RunRequest) (*pulumirpc.RunResponse, error) {
	ctx, done := h.operations.join(call)
	defer done()

	if req.GetAttachDebugger() {
		return &pulumirpc.RunResponse{Error: noDebugger}, nil
	}
	tools, err := resolveToolchain(req.GetInfo())
	if err != nil {
		return nil, err
	}
	environment, err := programEnvironment(req)
	if err != nil {
		return nil, err
	}
	if err := typecheck(ctx, req.GetInfo(), tools); err != nil {
		return &pulumirpc.RunResponse{Error: err.Error()}, nil
	}
	cmd, err := python(ctx, tools, environment, h.programArguments(req)...)
	if err != nil {
		return nil, err
	}
	cmd.Dir = req.GetPwd()
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err = cmd.Run()
	sweep(ctx, cmd)
	return runResponse(ctx, err), nil
}

// runResponse says how a program ended.
func runResponse(ctx context.Context, err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case ctx.Err() != nil:
		return &pulumirpc.RunResponse{Bail: true} // the user knows: they cancelled
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("could not run the program: %v", err)}
	case exit.ExitCode() == exitShown:
		return &pulumirpc.RunResponse{Bail: true}
	case exit.ExitCode() < 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("the program was ended by a signal (%v)", exit)}
	default:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode())}
	}
}

// programArguments writes the command line of the executor script.
func (h *Host) programArguments(req *pulumirpc.RunRequest) []string {
	args := []string{h.executor}
	flag := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name, value)
		}
	}
	flag("monitor", req.GetMonitorAddress())
	flag("engine", h.engineAddress())
	flag("project", req.GetProject())
	flag("root_directory", req.GetInfo().GetRootDirectory())
	flag("stack", req.GetStack())
	flag("pwd", req.GetPwd())
	flag("dry_run", strconv.FormatBool(req.GetDryRun()))
	flag("parallel", strconv.Itoa(int(req.GetParallel())))
	flag("organization", req.GetOrganization())
	flag("tracing", h.tracing)

	entry := req.GetInfo().GetEntryPoint()
	if entry == "" {
		entry = "."
	}
	return append(append(args, entry), req.GetArgs()...)
}

// programEnvironment adds the stack's configuration, secrets included: a program may read them, and an environment,
// unlike a command line, is not shown to other users of the machine.
func programEnvironment(req *pulumirpc.RunRequest) ([]string, error) {
	config, err := json.Marshal(req.GetConfig())
	if err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	secretKeys, err := json.Marshal(req.GetConfigSecretKeys())
	if err != nil {
		return nil, fmt.Errorf("write the names of secrets: %w", err)
	}
	environment := os.Environ()
	if req.GetConfig() != nil {
		environment = append(environment, "PULUMI_CONFIG="+string(config))
	}
	if req.GetConfigSecretKeys() != nil {
		environment = append(environment, "PULUMI_CONFIG_SECRET_KEYS="+string(secretKeys))
	}
	return environment, nil
}
