package host

import "testing"

// Python's versions become the semantic versions that the engine understands; others are left out.
func TestSemanticVersion(t *testing.T) {
	for given, want := range map[string]string{
		"7.51.1":       "7.51.1",
		"1.2":          "1.2.0",
		"3":            "3.0.0",
		"1.0.0a3":      "1.0.0-alpha.3",
		"1.0.0b1":      "1.0.0-beta.1",
		"2.0.0rc2":     "2.0.0-rc.2",
		"1.0.0.dev4":   "1.0.0-dev.4",
		"1.0.0a3.dev4": "1.0.0-alpha.3.dev.4",
		"1.0.0+local":  "1.0.0+local",
		"1.2.3.4":      "",
		"1!2.0":        "",
		"2024.06":      "2024.6.0",
	} {
		got := semanticVersion(given)
		if got != want {
			t.Errorf("%s became %q, want %q", given, got, want)
		}
	}
}
