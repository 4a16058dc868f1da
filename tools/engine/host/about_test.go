package host

import (
	"path/filepath"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The Python of the program's own environment is named.
func TestAbout(t *testing.T) {
	folder := t.TempDir()
	virtualenv(t, filepath.Join(folder, "env"))
	about, err := New(t.Context(), "", "", "").About(t.Context(), &pulumirpc.AboutRequest{
		Info: programInfo(t, folder, map[string]any{"toolchain": "pip", "virtualenv": "env"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(folder, "env", "bin", "python"); about.GetExecutable() != want {
		t.Errorf("got %s, want %s", about.GetExecutable(), want)
	}
	if about.GetVersion() == "" || about.GetMetadata()["toolchain"] != "Pip" {
		t.Errorf("got %v", about)
	}
}

// The packages of an environment are listed without pip: those that nothing else requires, or all.
func TestDependencies(t *testing.T) {
	folder := t.TempDir()
	site := virtualenv(t, filepath.Join(folder, "env"))
	writeFile(t, site, "top-1.0.dist-info/METADATA",
		"Metadata-Version: 2.1\nName: top\nVersion: 1.0\nRequires-Dist: Base_Lib>=2\nRequires-Dist: opt; extra == \"x\"\n")
	writeFile(t, site, "base_lib-2.1.dist-info/METADATA", "Metadata-Version: 2.1\nName: base-lib\nVersion: 2.1\n")
	writeFile(t, site, "opt-3.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: opt\nVersion: 3.0\n")
	info := programInfo(t, folder, map[string]any{"toolchain": "pip", "virtualenv": "env"})
	for all, want := range map[bool]string{false: "opt 3.0, top 1.0, ", true: "base-lib 2.1, opt 3.0, top 1.0, "} {
		response, err := New(t.Context(), "", "", "").GetProgramDependencies(t.Context(),
			&pulumirpc.GetProgramDependenciesRequest{Info: info, TransitiveDependencies: all})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, one := range response.GetDependencies() {
			got += one.GetName() + " " + one.GetVersion() + ", "
		}
		if got != want {
			t.Errorf("all = %t: got %s, want %s", all, got, want)
		}
	}
}
