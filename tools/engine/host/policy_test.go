package host

import (
	"slices"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// A pack learns its stack by the environment; a stack without configuration has an empty object, not null.
func TestPolicyEnvironment(t *testing.T) {
	environment, err := policyEnvironment([]string{"A=1"}, &pulumirpc.AnalyzerStackConfigureRequest{
		Project: "p", Stack: "s", Organization: "o", DryRun: true,
	})
	want := []string{
		"A=1", "PULUMI_PROJECT=p", "PULUMI_STACK=s", "PULUMI_DRY_RUN=true", "PULUMI_CONFIG={}", "PULUMI_ORGANIZATION=o",
	}
	if err != nil || !slices.Equal(environment, want) {
		t.Errorf("got %v, %v", environment, err)
	}
}

// Without a stack, as in `pulumi policy publish`, nothing is added.
func TestPolicyEnvironmentWithoutStack(t *testing.T) {
	if environment, err := policyEnvironment([]string{"A=1"}, nil); err != nil || len(environment) != 1 {
		t.Errorf("got %v, %v", environment, err)
	}
}
