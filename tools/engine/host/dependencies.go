package host

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// distributions is a Python script that lists the installed packages as JSON.
//
//go:embed distributions.py
var distributions string

// GetProgramDependencies lists the packages of a program's environment, those that no other one requires or all.
func (h *Host) GetProgramDependencies(
	call context.Context, req *pulumirpc.GetProgramDependenciesRequest,
) (*pulumirpc.GetProgramDependenciesResponse, error) {
	ctx, done := h.operations.join(call)
	defer done()

	options, err := pythonOptions(req.GetInfo())
	if err != nil {
		return nil, err
	}
	tools, err := toolchain.ResolveToolchain(options)
	if err != nil {
		return nil, err
	}
	list := tools.ListPackages // uv and poetry: from the lock file
	if usesPip(options) {
		list = func(ctx context.Context, transitive bool) ([]plugin.DependencyInfo, error) {
			return listDistributions(ctx, tools, transitive)
		}
	}
	packages, err := list(ctx, req.GetTransitiveDependencies())
	if err != nil {
		return nil, fmt.Errorf("list the installed packages: %w", err)
	}
	response := &pulumirpc.GetProgramDependenciesResponse{}
	for _, dependency := range packages {
		response.Dependencies = append(response.Dependencies,
			&pulumirpc.DependencyInfo{Name: dependency.Name, Version: dependency.Version})
	}
	return response, nil
}

// listDistributions asks Python's own metadata, as an environment need not have pip in it.
func listDistributions(ctx context.Context, tools toolchain.Toolchain, all bool) ([]plugin.DependencyInfo, error) {
	args := []string{"-c", distributions}
	if all {
		args = append(args, "--all")
	}
	cmd, err := python(ctx, tools, os.Environ(), args...)
	if err != nil {
		return nil, err
	}
	output, err := cmd.Output()
	sweep(ctx, cmd)
	if err != nil {
		return nil, err
	}
	var found []plugin.DependencyInfo
	return found, json.Unmarshal(output, &found)
}
