package host

import (
	"context"
	"os/exec"
	"slices"
	"strings"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// The executor gets all that it needs to reach the engine, and no empty flags.
func TestProgramArguments(t *testing.T) {
	host := New(context.Background(), "/bin/exec", "127.0.0.1:1", "")
	args := host.programArguments(&pulumirpc.RunRequest{
		Project: "p", Stack: "s", Pwd: "/p/src", Args: []string{"x"}, DryRun: true, Parallel: 4, MonitorAddress: "127.0.0.1:2",
		Info: &pulumirpc.ProgramInfo{RootDirectory: "/p", ProgramDirectory: "/p/src", EntryPoint: "."},
	})
	want := strings.Fields("/bin/exec --monitor 127.0.0.1:2 --engine 127.0.0.1:1 --project p --root_directory /p --stack s " +
		"--pwd /p/src --dry_run true --parallel 4 . x")
	if !slices.Equal(args, want) {
		t.Errorf("got %v", args)
	}
}

// Configuration goes through the environment, where other users of the machine don't see its secrets.
func TestProgramEnvironment(t *testing.T) {
	environment, err := programEnvironment(&pulumirpc.RunRequest{
		Config: map[string]string{"p:token": "hunter2"}, ConfigSecretKeys: []string{"p:token"},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`PULUMI_CONFIG={"p:token":"hunter2"}`, `PULUMI_CONFIG_SECRET_KEYS=["p:token"]`} {
		if !slices.Contains(environment, want) {
			t.Errorf("no %s", want)
		}
	}
}

// Each way in which a program can end has its own answer.
func TestRunResponse(t *testing.T) {
	for script, want := range map[string]*pulumirpc.RunResponse{
		"exit 0":     {},
		"exit 32":    {Bail: true},
		"exit 3":     {Error: "Program exited with non-zero exit code: 3"},
		"kill -9 $$": {Error: "the program was ended by a signal (signal: killed)"},
	} {
		got := runResponse(context.Background(), exec.Command("sh", "-c", script).Run())
		if got.GetBail() != want.GetBail() || got.GetError() != want.GetError() {
			t.Errorf("%s: got %v, want %v", script, got, want)
		}
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	if got := runResponse(cancelled, exec.Command("false").Run()); !got.GetBail() {
		t.Errorf("a cancelled program is reported as an error: %v", got)
	}
	missing := runResponse(context.Background(), exec.Command("/does/not/exist").Run())
	if !strings.Contains(missing.GetError(), "could not run the program") {
		t.Errorf("a program that can't be run: %v", missing)
	}
}
