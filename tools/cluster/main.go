// Command causeway-cluster is a Kubernetes API server with its etcd in one process: what judges objects, and runs none.
//
//	causeway-cluster FOLDER
//
// FOLDER must exist and be private; certificates, the token and the data go there. When the server is ready it prints
// its address on one line. It listens on 127.0.0.1 alone, and ends when its standard input does, so that it never
// outlives who started it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"k8s.io/klog/v2"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: causeway-cluster FOLDER")
		os.Exit(2)
	}
	klog.SetOutput(io.Discard)
	klog.LogToStderr(false)
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "causeway-cluster:", err)
		os.Exit(1)
	}
}

func run(folder string) error {
	// sockets are named relative to the folder, as their paths may not be long
	if err := os.Chdir(folder); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	store, err := startStore()
	if err != nil {
		return fmt.Errorf("etcd: %w", err)
	}
	defer store.Close()
	err = serve(ctx, func(address string) { fmt.Println(address) })
	if err != nil && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("API server: %w", err)
	}
	return nil
}
