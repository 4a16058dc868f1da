package host

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	sdk "github.com/pulumi/pulumi/sdk/v3"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// runPolicyPack runs a policy pack behind a proxy. The pack's library reads the stack from its environment, but the
// engine tells it by ConfigureStack: so the proxy takes that call first, and only then is the pack started.
func runPolicyPack(
	ctx context.Context, tools toolchain.Toolchain, req *pulumirpc.RunPluginRequest, output *pluginOutput,
) error {
	proxy, stdout, err := sdk.NewPolicyProxy(ctx, output.stdout())
	if err != nil {
		return fmt.Errorf("start the policy proxy: %w", err)
	}
	stack, err := proxy.AwaitConfiguration(ctx)
	if err != nil {
		return err
	}
	environment, err := policyEnvironment(req.GetEnv(), stack)
	if err != nil {
		return err
	}
	pack := req.GetInfo().GetProgramDirectory()
	args := slices.Concat([]string{"-m", "pulumi.policy"}, req.GetArgs(), []string{pack})
	cmd, err := python(ctx, tools, environment, args...)
	if err != nil {
		return err
	}
	cmd.Dir, cmd.Stdout, cmd.Stderr = pack, stdout, output.stderr()
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the policy pack %s: %w", pack, err)
	}
	err = proxy.Attach(ctx, cmd) // it waits for the pack's end
	sweep(ctx, cmd)
	return err
}

// policyEnvironment adds the stack to a pack's environment. The stack is nil for commands that are about the pack only.
func policyEnvironment(base []string, stack *pulumirpc.AnalyzerStackConfigureRequest) ([]string, error) {
	if stack == nil {
		return base, nil
	}
	config := stack.GetConfig()
	if config == nil { // how an empty map arrives; the pack needs an object
		config = map[string]string{}
	}
	text, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("write the configuration: %w", err)
	}
	environment := append(slices.Clone(base),
		"PULUMI_PROJECT="+stack.GetProject(),
		"PULUMI_STACK="+stack.GetStack(),
		"PULUMI_DRY_RUN="+strconv.FormatBool(stack.GetDryRun()),
		"PULUMI_CONFIG="+string(text))
	if stack.GetOrganization() != "" {
		environment = append(environment, "PULUMI_ORGANIZATION="+stack.GetOrganization())
	}
	return environment, nil
}
