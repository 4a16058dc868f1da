// Package host answers the engine's LanguageRuntime calls for Python: one file a call, or a family of calls.
package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/common/version"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/types/known/emptypb"
)

// executorName is the script of the Python SDK that connects a program to the engine and then runs it.
const executorName = "pulumi-language-python-exec"

// Host is the Python language host. It is safe for concurrent calls.
type Host struct {
	pulumirpc.UnimplementedLanguageRuntimeServer

	executor   string // path of the script that runs a program
	engine     string // address of the engine's own server
	tracing    string // endpoint for traces, usually empty
	operations *operations
}

// New makes a host whose children live no longer than ctx. The engine's address may be empty when the engine attaches
// to a host that is already running: it introduces itself by Handshake then.
func New(ctx context.Context, executor, engine, tracing string) *Host {
	return &Host{executor: executor, engine: engine, tracing: tracing, operations: newOperations(ctx)}
}

// FindExecutor looks for the script beside this binary first, then on PATH.
func FindExecutor() (string, error) {
	if self, err := os.Executable(); err == nil {
		beside := filepath.Join(filepath.Dir(self), executorName)
		if _, err := os.Stat(beside); err == nil {
			return beside, nil
		}
	}
	found, err := exec.LookPath(executorName)
	if err != nil {
		return "", fmt.Errorf("%s is neither beside this program nor on PATH: install the engine again", executorName)
	}
	return filepath.Abs(found)
}

// Handshake is sent only by an engine that attaches to a running host (PULUMI_DEBUG_LANGUAGES).
func (h *Host) Handshake(
	_ context.Context, req *pulumirpc.LanguageHandshakeRequest,
) (*pulumirpc.LanguageHandshakeResponse, error) {
	if req.GetEngineAddress() == "" {
		return nil, errors.New("the engine did not say its address")
	}
	h.operations.locked(func() { h.engine = req.GetEngineAddress() })
	return &pulumirpc.LanguageHandshakeResponse{}, nil
}

// GetPluginInfo gives the version that the build stamped: the engine's own, as host and engine are built together.
func (h *Host) GetPluginInfo(context.Context, *emptypb.Empty) (*pulumirpc.PluginInfo, error) {
	return &pulumirpc.PluginInfo{Version: version.Version}, nil
}

// Cancel ends the operations that run now; later ones, of an attached engine, run as usual.
func (h *Host) Cancel(context.Context, *emptypb.Empty) (*emptypb.Empty, error) {
	h.operations.cancel()
	return &emptypb.Empty{}, nil
}

// engineAddress is where programs and plugins report to.
func (h *Host) engineAddress() (address string) {
	h.operations.locked(func() { address = h.engine })
	return address
}
