package host

import (
	"context"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// RuntimeOptionsPrompts says what `pulumi new` should ask about a Python project.
func (h *Host) RuntimeOptionsPrompts(
	_ context.Context, req *pulumirpc.RuntimeOptionsRequest,
) (*pulumirpc.RuntimeOptionsResponse, error) {
	options := req.GetInfo().GetOptions().AsMap()
	response := &pulumirpc.RuntimeOptionsResponse{}
	if _, given := options["toolchain"]; !given {
		choices := plugin.MakeExecutablePromptChoices("poetry", "uv")
		response.Prompts = append(response.Prompts, &pulumirpc.RuntimeOptionPrompt{
			Key:         "toolchain",
			Description: "The package manager that installs dependencies",
			PromptType:  pulumirpc.RuntimeOptionPrompt_STRING,
			Choices:     append([]*pulumirpc.RuntimeOptionPrompt_RuntimeOptionValue{text("pip")}, choices...),
			Default:     text("pip"),
		})
	}
	if _, given := options["virtualenv"]; !given && options["toolchain"] == "pip" {
		response.Prompts = append(response.Prompts, &pulumirpc.RuntimeOptionPrompt{
			Key:         "virtualenv",
			Description: "The folder of the virtual environment",
			PromptType:  pulumirpc.RuntimeOptionPrompt_STRING,
			Choices:     []*pulumirpc.RuntimeOptionPrompt_RuntimeOptionValue{text(pluginVirtualenv)},
			Default:     text(pluginVirtualenv),
		})
	}
	return response, nil
}

// Template finishes a project that `pulumi new` has just copied, such as writing a pyproject.toml for uv.
func (h *Host) Template(call context.Context, req *pulumirpc.TemplateRequest) (*pulumirpc.TemplateResponse, error) {
	ctx, done := h.operations.join(call)
	defer done()

	tools, err := resolveToolchain(req.GetInfo())
	if err != nil {
		return nil, err
	}
	folder := req.GetInfo().GetProgramDirectory()
	if err := tools.PrepareProject(ctx, req.GetProjectName(), folder, true, os.Stdout, os.Stderr); err != nil {
		return nil, err
	}
	return &pulumirpc.TemplateResponse{}, nil
}

func text(value string) *pulumirpc.RuntimeOptionPrompt_RuntimeOptionValue {
	return &pulumirpc.RuntimeOptionPrompt_RuntimeOptionValue{
		PromptType: pulumirpc.RuntimeOptionPrompt_STRING, StringValue: value, DisplayName: value,
	}
}
