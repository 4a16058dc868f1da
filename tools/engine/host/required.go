package host

import (
	"context"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
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
	packages := installedProviders(path)
	logging.V(5).Infof("%d providers are installed for %s", len(packages), program)
	return &pulumirpc.GetRequiredPackagesResponse{Packages: packages}, nil
}
