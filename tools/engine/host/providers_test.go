package host

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func names(packages []*pulumirpc.PackageDependency) []string {
	var found []string
	for _, one := range packages {
		found = append(found, one.GetName()+" "+one.GetVersion())
	}
	return found
}

// Providers are read from the packages on the search path; policy libraries and plain packages are none.
func TestInstalledProviders(t *testing.T) {
	first, second := t.TempDir(), t.TempDir()
	writeFile(t, first, "pulumi_b/pulumi-plugin.json", `{"resource": true, "name": "b", "version": "2.0.0"}`)
	writeFile(t, first, "pulumi_policy/pulumi-plugin.json", `{"resource": false}`)
	writeFile(t, first, "numpy/__init__.py", "")
	writeFile(t, first, "broken/pulumi-plugin.json", "{")
	writeFile(t, second, "pulumi_b/pulumi-plugin.json", `{"resource": true, "name": "b", "version": "1.0.0"}`)
	writeFile(t, second, "pulumi_a_c/pulumi-plugin.json", `{"resource": true}`)
	writeFile(t, second, "pulumi_a_c-1.5.0a2.dist-info/METADATA", "")

	found := installedProviders([]string{first, second, filepath.Join(first, "missing")})
	if want := []string{"a-c 1.5.0-alpha.2", "b 2.0.0"}; !slices.Equal(names(found), want) {
		t.Errorf("got %v, want %v", names(found), want)
	}
}

// A package that was generated for a parameterized provider names that provider and its parameter.
func TestParameterizedProvider(t *testing.T) {
	folder := t.TempDir()
	writeFile(t, folder, "pulumi_dns/pulumi-plugin.json", `{"resource": true, "name": "terraform-provider",
		"version": "1.1.0", "parameterization": {"name": "dns", "version": "3.4.0", "value": "ZG5z"}}`)
	found := installedProviders([]string{folder})
	if len(found) != 1 || found[0].GetParameterization().GetName() != "dns" ||
		string(found[0].GetParameterization().GetValue()) != "dns" {
		t.Errorf("got %v", found)
	}
}

// An environment that only refers to another folder of packages, and one that has an editable package, are both seen.
func TestSearchPathFollowsPython(t *testing.T) {
	project, shared, editable := t.TempDir(), t.TempDir(), t.TempDir()
	site := virtualenv(t, filepath.Join(project, "env"))
	writeFile(t, site, "thin.pth", "import site; site.addsitedir("+`"`+shared+`"`+")\n")
	writeFile(t, shared, "pulumi_far/pulumi-plugin.json", `{"resource": true, "name": "far", "version": "1.0.0"}`)
	writeFile(t, site, "near-0.1.dist-info/direct_url.json",
		`{"url": "file://`+editable+`", "dir_info": {"editable": true}}`)
	writeFile(t, editable, "src/pulumi_near/pulumi-plugin.json", `{"resource": true, "name": "near", "version": "0.1.0"}`)
	writeFile(t, project, "local/pulumi-plugin.json", `{"resource": true, "name": "local", "version": "0.0.1"}`)

	info := programInfo(t, project, map[string]any{"toolchain": "pip", "virtualenv": "env"})
	host := New(context.Background(), "", "", "")
	response, err := host.GetRequiredPackages(context.Background(), &pulumirpc.GetRequiredPackagesRequest{Info: info})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"far 1.0.0", "local 0.0.1", "near 0.1.0"}; !slices.Equal(names(response.GetPackages()), want) {
		t.Errorf("got %v, want %v", names(response.GetPackages()), want)
	}
}

// With downloads forbidden, only providers that are on this machine are asked for.
func TestForbiddenDownloadsAreNotAskedFor(t *testing.T) {
	home := t.TempDir()
	t.Setenv("PULUMI_HOME", home)
	t.Setenv("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "true")
	writeFile(t, home, "plugins/resource-here-v1.0.0/pulumi-resource-here", "")
	packages := []*pulumirpc.PackageDependency{
		{Name: "here", Kind: "resource", Version: "1.0.0"}, {Name: "away", Kind: "resource", Version: "1.0.0"},
	}
	if found := names(obtainable(packages)); !slices.Equal(found, []string{"here 1.0.0"}) {
		t.Errorf("got %v", found)
	}
}
