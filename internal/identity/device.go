package identity

import "strings"

// DeviceName is what a User-Agent header says about a browser and its system;
// empty where it says nothing that is known. It is what the browser claims: it
// serves a person to recognise their own devices, and decides nothing.
type DeviceName struct{ Browser, System string }

// mark is a word in the header and what it stands for; the first that fits wins,
// because browsers name those they descend from behind their own name.
type mark struct{ word, name string }

var browsers = []mark{
	{"Edg/", "Edge"}, {"EdgA/", "Edge"}, {"EdgiOS/", "Edge"}, {"OPR/", "Opera"}, {"OPT/", "Opera"}, {"SamsungBrowser/", "Samsung Internet"},
	{"UCBrowser/", "UC Browser"}, {"MiuiBrowser/", "Mi Browser"}, {"YaBrowser/", "Yandex"}, {"Vivaldi/", "Vivaldi"},
	{"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"}, {"HeadlessChrome/", "Chrome"}, {"Chrome/", "Chrome"},
	{"Safari/", "Safari"}, {"curl/", "curl"},
}

var systems = []mark{
	{"Android", "Android"}, {"iPhone", "iOS"}, {"iPad", "iPadOS"}, {"Windows", "Windows"}, {"CrOS", "ChromeOS"},
	{"Macintosh", "macOS"}, {"Linux", "Linux"},
}

// ReadAgent reads a User-Agent header.
func ReadAgent(agent string) DeviceName {
	return DeviceName{Browser: first(browsers, agent), System: first(systems, agent)}
}

func first(marks []mark, agent string) string {
	for _, m := range marks {
		if strings.Contains(agent, m.word) {
			return m.name
		}
	}
	return ""
}

// String is "Chrome, Android", what is known of it, or nothing.
func (d DeviceName) String() string {
	if d.Browser == "" || d.System == "" {
		return d.Browser + d.System
	}
	return d.Browser + ", " + d.System
}
