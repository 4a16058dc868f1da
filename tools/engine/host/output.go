package host

import (
	"io"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// pluginOutput is what a plugin says to the engine: two streams, then its exit code.
type pluginOutput struct {
	serialized[pulumirpc.RunPluginResponse]
}

func (o *pluginOutput) stdout() io.Writer {
	return o.writer(func(bytes []byte) *pulumirpc.RunPluginResponse {
		return &pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stdout{Stdout: bytes}}
	})
}

func (o *pluginOutput) stderr() io.Writer {
	return o.writer(func(bytes []byte) *pulumirpc.RunPluginResponse {
		return &pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Stderr{Stderr: bytes}}
	})
}

func (o *pluginOutput) exit(code int) error {
	return o.Send(&pulumirpc.RunPluginResponse{Output: &pulumirpc.RunPluginResponse_Exitcode{Exitcode: int32(code)}})
}
