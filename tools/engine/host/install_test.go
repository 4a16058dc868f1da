package host

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// Requirements count as installed only if they surely are.
func TestSatisfied(t *testing.T) {
	folder := t.TempDir()
	site := virtualenv(t, filepath.Join(folder, "env"))
	writeFile(t, site, "demo_pkg-1.2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.2.0\n")
	for content, want := range map[string]bool{
		"":                               true,
		"# nothing\n\n":                  true,
		"demo-pkg":                       true,
		"Demo_Pkg==1.2.0  # why":         true,
		"demo-pkg==1.2.0 \\\n  --hash=a": true,
		"demo-pkg==1.3.0":                false,
		"demo-pkg\nother":                false,
		"demo-pkg>=1.0":                  false, // `packaging` isn't there to judge a range
		"-r more.txt":                    false,
		"./sdks/demo":                    false,
	} {
		file := writeFile(t, folder, "requirements.txt", content)
		err := exec.Command(filepath.Join(folder, "env", "bin", "python"), "-c", satisfied, file).Run()
		if (err == nil) != want {
			t.Errorf("%q: got %v, want satisfied = %t", content, err, want)
		}
	}
}

type installStream struct {
	grpc.ServerStream
	t    *testing.T
	text strings.Builder
}

func (s *installStream) Send(response *pulumirpc.InstallDependenciesResponse) error {
	s.text.Write(response.GetStdout())
	s.text.Write(response.GetStderr())
	return nil
}

// A complete environment is left alone: no package index is asked.
func TestCompleteEnvironmentIsLeftAlone(t *testing.T) {
	folder := t.TempDir()
	site := virtualenv(t, filepath.Join(folder, "env"))
	t.Setenv("PIP_INDEX_URL", "http://127.0.0.1:9/nowhere")
	host := New(t.Context(), "", "", "")
	stream := &installStream{ServerStream: contextStream{ctx: t.Context()}, t: t}
	err := host.InstallDependencies(&pulumirpc.InstallDependenciesRequest{
		Info: programInfo(t, folder, map[string]any{"virtualenv": "env"}),
	}, stream)
	if err != nil || !strings.Contains(stream.text.String(), "are installed") {
		t.Errorf("got %q, %v", stream.text.String(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(site, "*")); len(left) != 0 {
		t.Errorf("the environment was changed: %v", left)
	}
}

// A plugin that is run by its name has to be installed itself.
func TestInstallable(t *testing.T) {
	folder := t.TempDir()
	writeFile(t, folder, "pyproject.toml", "[project]\nname = \"my-comp\"\n[build-system]\nbuild-backend = \"x\"\n")
	for _, test := range []struct {
		plugin bool
		want   string
	}{{true, "my-comp"}, {false, ""}} {
		job := installation{folder: folder, plugin: test.plugin}
		if name, err := job.installable(); err != nil || name != test.want {
			t.Errorf("plugin %t: got %q, %v", test.plugin, name, err)
		}
	}
	writeFile(t, folder, "__main__.py", "")
	if name, err := (&installation{folder: folder, plugin: true}).installable(); err != nil || name != "" {
		t.Errorf("with a __main__.py: got %q, %v", name, err)
	}
}
