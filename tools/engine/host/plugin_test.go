package host

import (
	"slices"
	"strings"
	"testing"
)

// A folder with a __main__.py is run as it is.
func TestFolderPlugin(t *testing.T) {
	folder := t.TempDir()
	writeFile(t, folder, "__main__.py", "")
	if args, err := providerArguments(folder); err != nil || !slices.Equal(args, []string{folder}) {
		t.Errorf("got %v, %v", args, err)
	}
}

// An installable package is run by its name.
func TestPackagePlugin(t *testing.T) {
	folder := t.TempDir()
	writeFile(t, folder, "pyproject.toml", "[project]\nname = \"my-comp\"\n[build-system]\nbuild-backend = \"x\"\n")
	args, err := providerArguments(folder)
	if err != nil || !slices.Equal(args, []string{"-m", "pulumi.run.plugin", "my-comp"}) {
		t.Errorf("got %v, %v", args, err)
	}
}

// What can't be run is refused with the folder and the remedy.
func TestUnrunnablePlugin(t *testing.T) {
	folder := t.TempDir()
	_, err := providerArguments(folder)
	if err == nil || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), "__main__.py") {
		t.Errorf("got %v", err)
	}
}

// A plugin without options has its packages in the folder venv, once that is there.
func TestPluginEnvironment(t *testing.T) {
	folder := t.TempDir()
	for _, step := range []struct{ make, want string }{{"", ""}, {"venv", folder + "/venv"}} {
		if step.make != "" {
			virtualenv(t, folder+"/"+step.make)
		}
		tools, err := pluginToolchain(programInfo(t, folder, nil))
		if err != nil {
			t.Fatal(err)
		}
		if path, err := tools.VirtualEnvPath(t.Context()); err != nil || path != step.want {
			t.Errorf("got %q, %v, want %q", path, err, step.want)
		}
	}
}
