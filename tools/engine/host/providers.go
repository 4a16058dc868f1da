package host

import (
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// pluginFile lies in each Python package that was generated for a provider, and names that provider.
const pluginFile = "pulumi-plugin.json"

// installedProviders finds the providers of the packages on a search path, sorted by name. Of two packages with one
// name the first wins, as it does in an import.
func installedProviders(path []string) []*pulumirpc.PackageDependency {
	seen := map[string]bool{}
	var providers []*pulumirpc.PackageDependency
	for _, folder := range path {
		entries, err := os.ReadDir(folder)
		if err != nil {
			continue // an import skips folders that don't exist, too
		}
		for _, entry := range entries {
			name := entry.Name()
			description, err := plugin.LoadPulumiPluginJSON(filepath.Join(folder, name, pluginFile))
			if err != nil || seen[name] {
				if err != nil && !os.IsNotExist(err) && entry.IsDir() {
					logging.V(3).Infof("skipped %s of %s: %v", pluginFile, filepath.Join(folder, name), err)
				}
				continue
			}
			seen[name] = true
			if description.Resource {
				providers = append(providers, provider(name, description, path))
			}
		}
	}
	sort.Slice(providers, func(i, j int) bool { return providers[i].GetName() < providers[j].GetName() })
	return providers
}

// provider fills in what a description leaves open: by convention the provider is named as the package, without
// `pulumi_`, and has its version.
func provider(module string, description *plugin.PulumiPluginJSON, path []string) *pulumirpc.PackageDependency {
	name, version := description.Name, description.Version
	if name == "" {
		name = strings.ReplaceAll(strings.TrimPrefix(module, "pulumi_"), "_", "-")
	}
	if version == "" {
		version = distributionVersion(module, path)
	}
	return &pulumirpc.PackageDependency{
		Name:             name,
		Kind:             "resource",
		Version:          version,
		Server:           description.Server,
		Parameterization: parameterization(description.Parameterization),
		Extension:        parameterization(description.ExtensionParameterization),
	}
}

func parameterization(given *plugin.PulumiParameterizationJSON) *pulumirpc.PackageParameterization {
	if given == nil {
		return nil
	}
	return &pulumirpc.PackageParameterization{Name: given.Name, Version: given.Version, Value: given.Value}
}
