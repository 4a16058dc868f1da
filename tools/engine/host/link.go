package host

import (
	"context"
	"fmt"
	"strings"

	"github.com/blang/semver"
	codegen "github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// Link adds generated packages to the program's own list of requirements, and says how to import them.
func (h *Host) Link(call context.Context, req *pulumirpc.LinkRequest) (*pulumirpc.LinkResponse, error) {
	ctx, done := h.operations.join(call)
	defer done()

	tools, err := resolveToolchain(req.GetInfo())
	if err != nil {
		return nil, err
	}
	loader, err := schema.NewLoaderClient(req.GetLoaderTarget())
	if err != nil {
		return nil, err
	}
	defer loader.Close()

	folders := map[string]string{}
	instructions := []string{"Import it in your Python code:", ""}
	for _, dependency := range req.GetPackages() {
		module, err := moduleName(ctx, loader, dependency.GetPackage())
		if err != nil {
			return nil, err
		}
		folders[module] = dependency.GetPath()
		short := strings.TrimPrefix(module, "pulumi_")
		instructions = append(instructions, fmt.Sprintf("  import %s as %s", module, short))
	}
	if err := tools.LinkPackages(ctx, folders); err != nil {
		return nil, err
	}
	return &pulumirpc.LinkResponse{ImportInstructions: strings.Join(append(instructions, ""), "\n")}, nil
}

// moduleName gives the name under which a generated package is imported.
func moduleName(
	ctx context.Context, loader schema.ReferenceLoader, dependency *pulumirpc.PackageDependency,
) (string, error) {
	descriptor, err := packageDescriptor(dependency)
	if err != nil {
		return "", err
	}
	pkg, err := schema.LoadPackageReferenceV2(ctx, loader, descriptor)
	if err != nil {
		return "", fmt.Errorf("load the schema of %s: %w", dependency.GetName(), err)
	}
	definition, err := pkg.Definition()
	if err != nil {
		return "", err
	}
	if err := definition.ImportLanguages(map[string]schema.Language{"python": codegen.Importer}); err != nil {
		return "", err
	}
	if info, ok := definition.Language["python"].(codegen.PackageInfo); ok && info.PackageName != "" {
		return info.PackageName, nil
	}
	return codegen.PyPack(definition.Namespace, definition.Name), nil
}

// packageDescriptor names a package to the engine's schema loader.
func packageDescriptor(dependency *pulumirpc.PackageDependency) (*schema.PackageDescriptor, error) {
	version, err := optionalVersion(dependency.GetVersion())
	if err != nil {
		return nil, err
	}
	descriptor := &schema.PackageDescriptor{
		Name: dependency.GetName(), Version: version, DownloadURL: dependency.GetServer(),
	}
	if given := dependency.GetParameterization(); given != nil {
		version, err := semver.ParseTolerant(given.GetVersion())
		if err != nil {
			return nil, err
		}
		descriptor.Parameterization = &schema.ParameterizationDescriptor{
			Name: given.GetName(), Version: version, Value: given.GetValue(),
		}
	}
	return descriptor, nil
}

func optionalVersion(text string) (*semver.Version, error) {
	if text == "" {
		return nil, nil
	}
	version, err := semver.ParseTolerant(text)
	return &version, err
}
