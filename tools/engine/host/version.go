package host

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

var (
	separators = regexp.MustCompile(`[-_.]+`)

	// pythonVersion matches the versions of PEP 440 that have a counterpart among semantic versions.
	pythonVersion = regexp.MustCompile(
		`^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?(?:[-_.]?(a|alpha|b|beta|c|rc|pre|preview)[-_.]?(\d*))?(?:[-_.]?dev(\d*))?` +
			`(?:\+([0-9a-z.]+))?$`)

	preRelease = map[string]string{
		"a": "alpha", "alpha": "alpha", "b": "beta", "beta": "beta", "c": "rc", "rc": "rc", "pre": "rc", "preview": "rc",
	}
)

// distributionVersion looks up the version of the installed distribution that a module belongs to, by the name of its
// metadata folder. Empty if there is none, or if it is no semantic version; the engine then takes the newest provider.
func distributionVersion(module string, path []string) string {
	wanted := separators.ReplaceAllString(strings.ToLower(module), "-")
	for _, folder := range path {
		entries, _ := os.ReadDir(folder)
		for _, entry := range entries {
			base, isMetadata := strings.CutSuffix(entry.Name(), ".dist-info")
			name, version, ok := strings.Cut(base, "-")
			if isMetadata && ok && separators.ReplaceAllString(strings.ToLower(name), "-") == wanted {
				return semanticVersion(version)
			}
		}
	}
	return ""
}

// semanticVersion translates a Python version: 1.2 -> 1.2.0, 1.0.0a3 -> 1.0.0-alpha.3, 1.0.0.dev4 -> 1.0.0-dev.4.
func semanticVersion(version string) string {
	parts := pythonVersion.FindStringSubmatch(strings.ToLower(version))
	if parts == nil {
		return ""
	}
	result := fmt.Sprintf("%s.%s.%s", number(parts[1]), number(parts[2]), number(parts[3]))
	var labels []string
	if parts[4] != "" {
		labels = append(labels, preRelease[parts[4]], number(parts[5]))
	}
	if strings.Contains(version, "dev") {
		labels = append(labels, "dev", number(parts[6]))
	}
	if labels != nil {
		result += "-" + strings.Join(labels, ".")
	}
	if parts[7] != "" {
		result += "+" + parts[7]
	}
	return result
}

// number is 0 for an omitted part, as PEP 440 has it, and has no leading zeros, as semantic versions want it.
func number(digits string) string {
	if significant := strings.TrimLeft(digits, "0"); significant != "" {
		return significant
	}
	return "0"
}
