package host

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"google.golang.org/grpc"
)

// writeFile makes a file, and the folders above it.
func writeFile(t *testing.T, folder, name, content string) string {
	t.Helper()
	path := filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// virtualenv makes an environment without pip, and gives its folder for packages.
func virtualenv(t *testing.T, folder string) string {
	t.Helper()
	if output, err := exec.Command("python3", "-m", "venv", "--without-pip", folder).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	found, err := filepath.Glob(filepath.Join(folder, "lib", "python*", "site-packages"))
	if err != nil || len(found) != 1 {
		t.Fatalf("site-packages of %s: %v, %v", folder, found, err)
	}
	return found[0]
}

// contextStream is the part of a gRPC stream that a call uses beside Send.
type contextStream struct {
	grpc.ServerStream
	ctx context.Context
}

func (s contextStream) Context() context.Context { return s.ctx }
