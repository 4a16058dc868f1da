package host

import (
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
	"google.golang.org/protobuf/types/known/structpb"
)

// programInfo describes a program in a folder, with runtime options.
func programInfo(t *testing.T, folder string, options map[string]any) *pulumirpc.ProgramInfo {
	t.Helper()
	given, err := structpb.NewStruct(options)
	if err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.ProgramInfo{
		RootDirectory: folder, ProgramDirectory: folder, EntryPoint: ".", Options: given,
	}
}

// The options that Pulumi documents are understood, and absent ones leave the choice to what is found.
func TestOptionsAreRead(t *testing.T) {
	options, err := pythonOptions(programInfo(t, "/project", map[string]any{
		"toolchain": "uv", "virtualenv": ".venv", "typechecker": "pyright",
	}))
	if err != nil {
		t.Fatal(err)
	}
	want := toolchain.PythonOptions{
		Root: "/project", ProgramDir: "/project", Virtualenv: ".venv",
		Toolchain: toolchain.Uv, Typechecker: toolchain.TypeCheckerPyright,
	}
	if options != want {
		t.Errorf("got %+v, want %+v", options, want)
	}
	none, err := pythonOptions(programInfo(t, "/project", nil))
	if err != nil || none.Toolchain != toolchain.Auto || none.Typechecker != toolchain.TypeCheckerNone {
		t.Errorf("without options: got %+v, %v", none, err)
	}
}

// All mistakes are named at once, with what is allowed.
func TestWrongOptionsAreNamed(t *testing.T) {
	_, err := pythonOptions(programInfo(t, "/project", map[string]any{
		"toolchain": "conda", "virtualenv": 3.0, "typechecker": "ty",
	}))
	for _, part := range []string{`"conda" is not one of pip, poetry, uv`, "virtualenv: 3", `"ty" is not one of mypy`} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("the error %v doesn't say %q", err, part)
		}
	}
}

// An engine so old that it sends no program information gets an error, not a crash.
func TestMissingProgramIsRefused(t *testing.T) {
	if _, err := resolveToolchain(nil); err == nil {
		t.Error("no error")
	}
}

// pip is assumed unless another package manager is chosen or has left its lock file.
func TestPipIsTheDefault(t *testing.T) {
	folder := t.TempDir()
	if !usesPip(toolchain.PythonOptions{ProgramDir: folder}) {
		t.Error("an empty folder is not taken for pip")
	}
	writeFile(t, folder, "uv.lock", "")
	if usesPip(toolchain.PythonOptions{ProgramDir: folder}) {
		t.Error("a folder with uv.lock is taken for pip")
	}
	if !usesPip(toolchain.PythonOptions{ProgramDir: folder, Toolchain: toolchain.Pip}) {
		t.Error("an explicit choice of pip is not kept")
	}
}
