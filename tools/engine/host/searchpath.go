package host

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/python/toolchain"
)

// searchPath gives the folders in which a program's imports are found, in order.
//
// Only Python itself knows them: .pth files, PYTHONPATH or --system-site-packages may add folders to those of a virtual
// environment. Asking costs one start of the interpreter, about 30 ms.
func searchPath(ctx context.Context, tools toolchain.Toolchain, program string) ([]string, error) {
	cmd, err := python(ctx, tools, os.Environ(), "-c", "import json, sys; print(json.dumps(sys.path[1:]))")
	if err != nil {
		return nil, err
	}
	cmd.Dir = program
	output, err := cmd.Output()
	sweep(ctx, cmd)
	if err != nil {
		return nil, fmt.Errorf("ask Python for its search path: %w", err)
	}
	path := []string{}
	if err := json.Unmarshal(output, &path); err != nil {
		return nil, fmt.Errorf("read Python's search path from %q: %w", output, err)
	}
	path = append([]string{program}, path...)
	return append(path, editableProjects(path)...), nil
}

// editableProjects finds the sources of packages that were installed by reference (`pip install -e`, `uv add
// --editable`) through an import hook, which leaves no trace in sys.path.
func editableProjects(path []string) []string {
	var projects []string
	for _, folder := range path {
		records, _ := filepath.Glob(filepath.Join(folder, "*.dist-info", "direct_url.json"))
		for _, record := range records {
			if project := editableProject(record); project != "" {
				projects = append(projects, project, filepath.Join(project, "src"))
			}
		}
	}
	return projects
}

// editableProject reads one direct_url.json (PEP 610); empty if that package is not an editable one.
func editableProject(record string) string {
	var origin struct {
		URL    string `json:"url"`
		Folder struct {
			Editable bool `json:"editable"`
		} `json:"dir_info"`
	}
	content, err := os.ReadFile(record)
	if err != nil || json.Unmarshal(content, &origin) != nil || !origin.Folder.Editable {
		return ""
	}
	location, err := url.Parse(origin.URL)
	if err != nil || location.Scheme != "file" {
		return ""
	}
	return filepath.FromSlash(location.Path)
}
