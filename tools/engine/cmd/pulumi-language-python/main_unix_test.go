//go:build !windows

package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/types/known/emptypb"
	"google.golang.org/protobuf/types/known/structpb"
)

// patience bounds what should take a second, so that a hang fails instead of blocking.
const patience = time.Minute

// TestMain lets the test binary play the language host: what is tested is the real process.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_PLAYS_HOST") != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a language host as the engine sees it.
type process struct {
	pulumirpc.LanguageRuntimeClient
	command *exec.Cmd
	stdout  *bufio.Reader
	stderr  *bytes.Buffer
}

// start launches a host with a stand-in for the executor script, and connects to the port that it prints.
func start(t *testing.T, executor string, args ...string) *process {
	t.Helper()
	tools := t.TempDir()
	script := filepath.Join(tools, "pulumi-language-python-exec")
	if err := os.WriteFile(script, []byte(executor), 0o755); err != nil {
		t.Fatal(err)
	}
	p := &process{command: exec.Command(os.Args[0], args...), stderr: &bytes.Buffer{}}
	p.command.Env = append(os.Environ(), "TEST_PLAYS_HOST=1", "PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"))
	p.command.Stderr = p.stderr
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // as the engine does
	stdout, err := p.command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.command.Process.Kill() })
	p.stdout = bufio.NewReader(stdout)
	port, err := strconv.Atoi(strings.TrimSpace(p.line(t)))
	if err != nil {
		t.Fatalf("the first line is no port: %v", err)
	}
	connection, err := grpc.NewClient(fmt.Sprintf("127.0.0.1:%d", port),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = connection.Close() })
	p.LanguageRuntimeClient = pulumirpc.NewLanguageRuntimeClient(connection)
	return p
}

func (p *process) line(t *testing.T) string {
	t.Helper()
	line, err := p.stdout.ReadString('\n')
	if err != nil {
		t.Fatalf("%v; standard error: %s", err, p.stderr)
	}
	return line
}

// interrupt asks the host's process group to end, as the engine does, and waits for it.
func (p *process) interrupt(t *testing.T) {
	t.Helper()
	if err := syscall.Kill(-p.command.Process.Pid, syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	rest, _ := io.ReadAll(p.stdout)
	if err := p.command.Wait(); err != nil {
		t.Errorf("the host ended with %v", err)
	}
	if said := string(rest) + p.stderr.String(); said != "" {
		t.Errorf("the host is not quiet: %s", said)
	}
}

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	t.Cleanup(cancel)
	return ctx
}

// engine stands in for the engine's own server, which a host watches. The function ends it.
func engine(t *testing.T) (address string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return listener.Addr().String(), server.Stop
}

// program describes a folder that runs with the Python on PATH, or in a virtual environment.
func program(t *testing.T, folder, virtualenv string) *pulumirpc.ProgramInfo {
	t.Helper()
	options, err := structpb.NewStruct(map[string]any{"toolchain": "pip", "virtualenv": virtualenv})
	if err != nil {
		t.Fatal(err)
	}
	return &pulumirpc.ProgramInfo{
		RootDirectory: folder, ProgramDirectory: folder, EntryPoint: ".", Options: options,
	}
}

// alive says if a process still runs.
func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// A program's output is passed on, its arguments reach it, and its end is reported.
func TestProgramRuns(t *testing.T) {
	address, _ := engine(t)
	host := start(t, "import sys; print(*sys.argv[1:])\n", "--logtostderr", address)
	folder := t.TempDir()
	response, err := host.Run(bounded(t), &pulumirpc.RunRequest{
		Project: "p", Stack: "s", Pwd: folder, MonitorAddress: "127.0.0.1:2", Info: program(t, folder, ""),
	})
	if err != nil || response.GetError() != "" || response.GetBail() {
		t.Fatalf("got %v, %v", response, err)
	}
	said := host.line(t)
	if !strings.Contains(said, "--monitor 127.0.0.1:2 --engine "+address+" --project p") {
		t.Errorf("the program was started with %s", said)
	}
	host.interrupt(t)
}

// Cancel ends a running program at once, and the host stays usable.
func TestCancelEndsTheProgram(t *testing.T) {
	host := start(t, "import os, sys, time; print(os.getpid()); time.sleep(100 * ('sleep' in sys.argv))\n")
	folder := t.TempDir()
	ended := make(chan *pulumirpc.RunResponse, 1)
	go func() {
		response, _ := host.Run(bounded(t), &pulumirpc.RunRequest{
			Pwd: folder, Args: []string{"sleep"}, Info: program(t, folder, ""),
		})
		ended <- response
	}()
	pid, err := strconv.Atoi(strings.TrimSpace(host.line(t)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := host.Cancel(bounded(t), &emptypb.Empty{}); err != nil {
		t.Fatal(err)
	}
	if response := <-ended; !response.GetBail() || alive(pid) {
		t.Errorf("got %v, program alive: %t", response, alive(pid))
	}
	again, err := host.Run(bounded(t), &pulumirpc.RunRequest{Pwd: folder, Info: program(t, folder, "")})
	if err != nil || again.GetError() != "" || again.GetBail() {
		t.Errorf("after Cancel: got %v, %v", again, err)
	}
	host.line(t)
	host.interrupt(t)
}

// A plugin's output arrives while it runs, and an interrupt of the host ends the plugin without a word.
func TestInterruptEndsPlugins(t *testing.T) {
	host := start(t, "")
	folder := t.TempDir()
	source := "import os, sys, time\nprint(os.getpid())\nprint(os.environ['GIVEN'], sys.argv[1:], file=sys.stderr)\ntime.sleep(100)\n"
	if err := os.WriteFile(filepath.Join(folder, "__main__.py"), []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	stream, err := host.RunPlugin(bounded(t), &pulumirpc.RunPluginRequest{
		Pwd: folder, Args: []string{"127.0.0.1:1"}, Env: append(os.Environ(), "GIVEN=here"), Kind: "resource",
		Info: program(t, folder, ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr string
	for !strings.Contains(stdout, "\n") || !strings.Contains(stderr, "\n") {
		message, err := stream.Recv()
		if err != nil {
			t.Fatal(err)
		}
		stdout += string(message.GetStdout())
		stderr += string(message.GetStderr())
	}
	if stderr != "here ['127.0.0.1:1']\n" {
		t.Errorf("the plugin says %q", stderr)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(stdout))
	if err != nil {
		t.Fatal(err)
	}
	host.interrupt(t)
	if alive(pid) {
		t.Error("the plugin outlives its host")
	}
}

// A plugin's exit code comes last.
func TestPluginExitCode(t *testing.T) {
	host := start(t, "")
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "__main__.py"), []byte("raise SystemExit(7)\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	stream, err := host.RunPlugin(bounded(t), &pulumirpc.RunPluginRequest{
		Pwd: folder, Env: os.Environ(), Kind: "resource", Info: program(t, folder, ""),
	})
	if err != nil {
		t.Fatal(err)
	}
	var last *pulumirpc.RunPluginResponse
	for {
		message, err := stream.Recv()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		last = message
	}
	if last.GetExitcode() != 7 {
		t.Errorf("got %v", last)
	}
	host.interrupt(t)
}

// A missing virtual environment is explained, not a crash.
func TestMissingEnvironment(t *testing.T) {
	host := start(t, "")
	folder := t.TempDir()
	_, err := host.Run(bounded(t), &pulumirpc.RunRequest{Pwd: folder, Info: program(t, folder, "nowhere")})
	if err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("got %v", err)
	}
	host.interrupt(t)
}

// A debugger is refused with what to do instead, not silently left out.
func TestDebuggerIsRefused(t *testing.T) {
	host := start(t, "")
	folder := t.TempDir()
	response, err := host.Run(bounded(t), &pulumirpc.RunRequest{
		Pwd: folder, AttachDebugger: true, Info: program(t, folder, ""),
	})
	if err != nil || !strings.Contains(response.GetError(), "debugpy") {
		t.Errorf("got %v, %v", response, err)
	}
	host.interrupt(t)
}

// An engine that attaches to a running host introduces itself, and is told to the programs from then on.
func TestHandshake(t *testing.T) {
	host := start(t, "import sys; print(sys.argv[1:])\n")
	if _, err := host.Handshake(bounded(t), &pulumirpc.LanguageHandshakeRequest{EngineAddress: "127.0.0.1:9"}); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	if _, err := host.Run(bounded(t), &pulumirpc.RunRequest{Pwd: folder, Info: program(t, folder, "")}); err != nil {
		t.Fatal(err)
	}
	if said := host.line(t); !strings.Contains(said, "'--engine', '127.0.0.1:9'") {
		t.Errorf("the program was started with %s", said)
	}
	host.interrupt(t)
}

// A host whose engine was killed ends by itself.
func TestHostEndsWithItsEngine(t *testing.T) {
	address, stop := engine(t)
	host := start(t, "", address)
	stop()
	if err := host.command.Wait(); err != nil || host.stderr.Len() > 0 {
		t.Errorf("the host ended with %v and said %q", err, host.stderr)
	}
}
