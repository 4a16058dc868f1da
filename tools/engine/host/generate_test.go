package host

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	codegenrpc "github.com/pulumi/pulumi/sdk/v3/proto/go/codegen"
	"google.golang.org/grpc"
)

const groupSchema = `{"name": "demo", "version": "1.2.0", "resources": {"demo:index:Group": {"isComponent": true,
	"inputProperties": {"size": {"type": "integer"}}, "requiredInputs": ["size"]}}}`

// oneSchema serves one schema, as the engine serves those of all providers to its language hosts.
type oneSchema struct {
	codegenrpc.UnimplementedLoaderServer
}

func (oneSchema) GetSchema(context.Context, *codegenrpc.GetSchemaRequest) (*codegenrpc.GetSchemaResponse, error) {
	return &codegenrpc.GetSchemaResponse{Schema: []byte(groupSchema)}, nil
}

// schemas gives the address of a server of that schema.
func schemas(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	codegenrpc.RegisterLoaderServer(server, oneSchema{})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String()
}

// A package's schema becomes an installable Python package.
func TestGeneratePackage(t *testing.T) {
	folder := t.TempDir()
	response, err := New(t.Context(), "", "", "").GeneratePackage(t.Context(), &pulumirpc.GeneratePackageRequest{
		Directory: folder, Schema: groupSchema, LoaderTarget: schemas(t), Local: true,
	})
	if err != nil || len(response.GetDiagnostics()) > 0 {
		t.Fatal(err, response.GetDiagnostics())
	}
	source, err := os.ReadFile(filepath.Join(folder, "pulumi_demo", "group.py"))
	if err != nil || !strings.Contains(string(source), "class Group(pulumi.ComponentResource)") {
		t.Errorf("%v: %s", err, source)
	}
	if _, err := os.Stat(filepath.Join(folder, "setup.py")); err != nil {
		t.Error(err)
	}
}

// A schema that contradicts itself is reported, and nothing is written.
func TestWrongSchemaIsReported(t *testing.T) {
	folder := t.TempDir()
	wrong := strings.Replace(groupSchema, `"integer"`, `"number of GPUs"`, 1)
	response, err := New(t.Context(), "", "", "").GeneratePackage(t.Context(), &pulumirpc.GeneratePackageRequest{
		Directory: folder, Schema: wrong, LoaderTarget: schemas(t),
	})
	if err != nil || len(response.GetDiagnostics()) == 0 ||
		!strings.Contains(fmt.Sprint(response.GetDiagnostics()), "unknown type kind number of GPUs") {
		t.Errorf("got %v, %v", response.GetDiagnostics(), err)
	}
	if left, _ := os.ReadDir(folder); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A generated package is added to the program's requirements, and the user is told how to import it.
func TestLink(t *testing.T) {
	folder := t.TempDir()
	requirements := writeFile(t, folder, "requirements.txt", "pulumi\n")
	response, err := New(t.Context(), "", "", "").Link(t.Context(), &pulumirpc.LinkRequest{
		Info: programInfo(t, folder, map[string]any{"toolchain": "pip"}), LoaderTarget: schemas(t),
		Packages: []*pulumirpc.LinkRequest_LinkDependency{{
			Path: "sdks/demo", Package: &pulumirpc.PackageDependency{Name: "demo", Version: "1.2.0", Kind: "resource"},
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(response.GetImportInstructions(), "import pulumi_demo as demo") {
		t.Errorf("got %q", response.GetImportInstructions())
	}
	if content, err := os.ReadFile(requirements); err != nil || string(content) != "pulumi\nsdks/demo\n" {
		t.Errorf("got %q, %v", content, err)
	}
}

// An imported resource's definition becomes Python.
func TestGenerateProgram(t *testing.T) {
	generate := func(source string) *pulumirpc.GenerateProgramResponse {
		response, err := New(t.Context(), "", "", "").GenerateProgram(t.Context(), &pulumirpc.GenerateProgramRequest{
			Source: map[string]string{"main.pp": source}, LoaderTarget: schemas(t), Strict: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		return response
	}
	good := generate("resource g \"demo:index:Group\" {\n  size = 3\n}\n")
	if code := string(good.GetSource()["__main__.py"]); !strings.Contains(code, `demo.Group("g", size=3)`) {
		t.Errorf("got %s; %v", code, good.GetDiagnostics())
	}
	if bad := generate("resource {"); len(bad.GetDiagnostics()) == 0 || len(bad.GetSource()) > 0 {
		t.Errorf("a wrong program is not reported: %v", bad)
	}
}
