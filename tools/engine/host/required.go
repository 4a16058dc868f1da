package host

import (
	"context"
	"os"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"
	"github.com/pulumi/pulumi/sdk/v3/go/common/env"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// GetRequiredPackages names the providers whose Python packages are installed, so that a program gets the provider
// version that its imports were generated for. A missing virtual environment is created first, as for `pulumi install`.
func (h *Host) GetRequiredPackages(
	call context.Context, req *pulumirpc.GetRequiredPackagesRequest,
) (*pulumirpc.GetRequiredPackagesResponse, error) {
	ctx, done := h.operations.join(call)
	defer done()

	tools, err := resolveToolchain(req.GetInfo())
	if err != nil {
		return nil, err
	}
	program := req.GetInfo().GetProgramDirectory()
	if err := tools.EnsureVenv(ctx, program, false, true, os.Stdout, os.Stderr); err != nil {
		return nil, err
	}
	path, err := searchPath(ctx, tools, program)
	if err != nil {
		return nil, err
	}
	packages := obtainable(installedProviders(path))
	logging.V(5).Infof("%s requires %d providers", program, len(packages))
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}

// obtainable drops the providers that would have to be downloaded, if the user has forbidden downloads.
//
// The engine heeds that setting when it runs a program, but `pulumi install` and `pulumi package` download whatever is
// named here and fail without a network. Nothing is lost: a resource tells its provider's version to the engine itself.
func obtainable(packages []*pulumirpc.PackageDependency) []*pulumirpc.PackageDependency {
	if !env.DisableAutomaticPluginAcquisition.Value() {
		return packages
	}
	return slices.DeleteFunc(packages, func(dependency *pulumirpc.PackageDependency) bool {
		version, err := optionalVersion(dependency.GetVersion())
		return err != nil || !workspace.HasPlugin(workspace.PluginDescriptor{
			Name: dependency.GetName(), Kind: apitype.ResourcePlugin, Version: version,
		})
	})
}
