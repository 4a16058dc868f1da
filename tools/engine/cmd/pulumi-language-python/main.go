// Command pulumi-language-python lets the Pulumi engine run programs, components and policy packs written in Python.
//
// The engine starts it with its own address as the last argument, reads a port number from the first line of standard
// output, and then speaks the LanguageRuntime protocol on that port of 127.0.0.1.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/cmdutil"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/logging"
	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"github.com/causeway-dev/causeway/tools/engine/host"
)

// engineCheckInterval bounds how long this process, and what it started, outlive an engine that was killed.
const engineCheckInterval = 5 * time.Second

func main() {
	tracing := flag.String("tracing", "", "send traces to this endpoint")
	flag.Parse()
	logging.InitLogging(false, 0, false)
	cmdutil.InitTracing("pulumi-language-python", "pulumi-language-python", *tracing)

	err := serve(flag.Arg(0), *tracing)
	cmdutil.CloseTracing()
	if err != nil {
		fmt.Fprintln(os.Stderr, "pulumi-language-python:", err)
		os.Exit(1)
	}
}

// serve answers the engine until it is interrupted or the engine is gone. It is quiet: what it prints would land among
// the diagnostics of the user's program.
func serve(engine, tracing string) error {
	executor, err := host.FindExecutor()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if engine != "" {
		if err := rpcutil.Healthcheck(ctx, engine, engineCheckInterval, stop); err != nil {
			return fmt.Errorf("watch the engine at %s: %w", engine, err)
		}
	}

	languageHost := host.New(ctx, executor, engine, tracing)
	cancel := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: cancel,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, languageHost)
			return nil
		},
		Options: rpcutil.TracingServerInterceptorOptions(nil),
	})
	if err != nil {
		return err
	}
	fmt.Printf("%d\n", handle.Port)

	select {
	case <-ctx.Done():
		close(cancel) // children end with ctx, so the calls that wait for them return and the server can stop
		return <-handle.Done
	case err := <-handle.Done:
		return err
	}
}
