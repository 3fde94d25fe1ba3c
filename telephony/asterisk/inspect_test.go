package asterisk

import "testing"

func TestOldVersionsOfAsteriskAreNotSupported(t *testing.T) {
	t.Parallel()
	for version, want := range map[string]bool{
		"22.10.1": true, "22.10.1~dfsg+~cs6.15.60671435-1": true, "22.10.2": true, "22.11.0": true, "22.11": true, "23.0.0": true,
		"20.20.1": true, "20.21.0": true, "22.10.0": false, "22.9.9": false, "20.20.0": false, "20.7.0": false, "21.12.0": false,
		"18.26.4": false, "16": false, "": false, "GIT-master-1": false, "22.10.0-rc2": false, "22.10.": false, "99999999999999999999.1": false,
	} {
		if got := Supported(version); got != want {
			t.Errorf("Supported(%q) = %t", version, got)
		}
	}
}
