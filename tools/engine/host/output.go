package host

import (
	"io"
	"sync"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

// pluginOutput sends a plugin's two output streams through one call, which allows one sender at a time.
type pluginOutput struct {
	mutex  sync.Mutex
	stream grpc.ServerStreamingServer[pulumirpc.RunPluginResponse]
}

func (o *pluginOutput) stdout() io.Writer {
	return writerFunc(func(bytes []byte) error {
		return o.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: bytes}})
	})
}

func (o *pluginOutput) stderr() io.Writer {
	return writerFunc(func(bytes []byte) error {
		return o.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: bytes}})
	})
}

func (o *pluginOutput) exit(code int) error {
	return o.send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}})
}

func (o *pluginOutput) send(response *pulumirpc.RunPluginResponse) error {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.stream.Send(response)
}

// writerFunc makes a writer of a function that takes all bytes or fails.
type writerFunc func([]byte) error

func (f writerFunc) Write(bytes []byte) (int, error) {
	if err := f(bytes); err != nil {
		return 0, err
	}
	return len(bytes), nil
}
