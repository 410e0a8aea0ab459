package app

import "strings"

// openFor gives the reason why a route is open; "" for one that is closed. What is
// open in CTT is open for the same reason in each service.
func openFor(pattern string) string {
	if why := openRoutes[pattern]; why != "" {
		return why
	}
	return openRoutes[asCTT(pattern)]
}

// asCTT writes a route of any service as CTT's.
func asCTT(pattern string) string {
	for _, slug := range []string{"jenna", "ashari", "jagacash", "epesantren"} {
		pattern = strings.Replace(pattern, "/"+slug+"/", "/ctt/", 1)
	}
	return pattern
}

// openRoutes are all routes that answer whoever asks, each with the reason why.
// Every other route of the program asks for a whole session: TestGuard_strangers.
var openRoutes = map[string]string{
	// A sealed account has no session: the mailed token is the proof.
	"GET /ctt/privacy/closing/{token}":          "the mailed token",
	"POST /ctt/privacy/closing/{token}/restore": "the mailed token",
	"POST /ctt/privacy/closing/{token}/erase":   "the mailed token",
	"POST /ctt/privacy/closing/{token}/copy":    "the mailed token",

	"/ctt/api/v1/":                            "each call asks for its token: TestGuard_calls",
	"GET /ctt/api/{$}":                        "the list of calls, without data",
	"GET /{$}":                                "leads to the service",
	"GET /assets/":                            "files of the pages",
	"GET /robots.txt":                         "for robots",
	"GET /healthz":                            "says ok",
	"GET /readyz":                             "says whether the database answers",
	"GET /metrics":                            "counts without people; the operator's proxy keeps it inside",
	"GET /ctt/privacy/changes":                "the versions of the notice, which everybody may read",
	"GET /.well-known/dpv-id.csv":             "terms of a vocabulary",
	"GET /.well-known/gpc.json":               "a public statement",
	"GET /.well-known/receipt-key.json":       "the public key that checks receipts",
	"GET /.well-known/security.txt":           "for who found a hole",
	"GET /ctt/{$}":                            "the front page",
	"GET /ctt/privacy":                        "the notice",
	"GET /ctt/privacy/{version}":              "earlier notices",
	"GET /ctt/privacy/recipients":             "who gets data: JEN-17, EPE-20; kinds of data and counts alone",
	"GET /ctt/promises":                       "how the promises stand, without people",
	"GET /ctt/terms":                          "the terms",
	"GET /ctt/security":                       "how the service is kept safe",
	"GET /ctt/cookies":                        "a visitor's own choice",
	"POST /ctt/cookies":                       "a visitor's own choice",
	"GET /ctt/privacy/receipts/{number}":      "for who has left; the number is the key, and nothing of the person stands in it",
	"GET /ctt/privacy/receipts/{number}/file": "as the receipt",
	"GET /ctt/privacy/ask":                    "for who has no account or cannot sign in",
	"POST /ctt/privacy/ask":                   "for who has no account or cannot sign in; answers alike for every address",
	"GET /ctt/privacy/ask/{token}":            "the letter's link is the proof",
	"POST /ctt/privacy/ask/{token}":           "the letter's link is the proof",
	"GET /ctt/signup":                         "who signs up has no session",
	"POST /ctt/signup":                        "who signs up has no session",
	"GET /ctt/signup/sent":                    "who signs up has no session",
	"GET /ctt/verify":                         "the letter's link is the proof",
	"POST /ctt/verify":                        "the letter's link is the proof",
	"GET /ctt/verify/again":                   "asks for the letter anew; answers alike for every address",
	"POST /ctt/verify/again":                  "asks for the letter anew; answers alike for every address",
	"GET /ashari/signup/young":                "who signs up has no session",
	"POST /ashari/signup/young":               "who signs up has no session",
	"GET /ctt/signin":                         "who signs in has no session",
	"POST /ctt/signin":                        "who signs in has no session",
	"POST /ctt/signin/passkey":                "who signs in has no session",
	"POST /ctt/signin/passkey/ask":            "who signs in has no session",
	"GET /ctt/signin/link":                    "asks for a letter; answers alike for every address",
	"POST /ctt/signin/link":                   "asks for a letter; answers alike for every address",
	"GET /ctt/signin/link/sent":               "says that one was asked for",
	"GET /ctt/signin/link/open":               "the letter's link and the browser are the proof",
	"POST /ctt/signin/link/open":              "the letter's link and the browser are the proof",
	"GET /ctt/signin/second":                  "the second step of a half session",
	"POST /ctt/signin/second":                 "the second step of a half session",
	"POST /ctt/signin/second/ask":             "the second step of a half session",
	"GET /ctt/signin/secure":                  "the first factor of a half session",
	"GET /ctt/signin/notme":                   "the letter's link is the proof",
	"POST /ctt/signin/notme":                  "the letter's link is the proof",
	"POST /ctt/signout":                       "ends the browser's own session, if it has one",
	"GET /ctt/reset":                          "who forgot the password has no session",
	"POST /ctt/reset":                         "who forgot the password has no session",
	"GET /ctt/reset/sent":                     "who forgot the password has no session",
	"GET /ctt/reset/new":                      "the letter's link is the proof",
	"POST /ctt/reset/new":                     "the letter's link is the proof",
	"GET /ctt/address":                        "the letter's link is the proof",
	"POST /ctt/address":                       "the letter's link is the proof",
	"GET /ctt/invite":                         "the letter's link is the proof",
	"POST /ctt/invite":                        "the letter's link is the proof",
	"GET /ctt/oauth/google/start":             "begins a way in",
	"GET /ctt/oauth/google":                   "Google's signed answer and the browser's ticket are the proof",
	"GET /ctt/oauth/google/signup":            "the browser's ticket is the proof",
	"POST /ctt/oauth/google/signup":           "the browser's ticket is the proof",
	"GET /ctt/oauth/google/known":             "the browser's ticket is the proof",
	"GET /ctt/complaint":                      "who complains may have no account",
	"POST /ctt/complaint":                     "who complains may have no account; counts its tries",
	"POST /ctt/complaint/status":              "leads to the page of a number",
	"GET /ctt/complaint/{number}":             "the number is the key; state and dates only, and it counts its tries",
	"POST /ctt/hooks/telegram":                "Telegram's secret header is the proof",
	"POST /ctt/hooks/pay/{provider}":          "the provider's signature or token is the proof",
}

// viewerMay are the changes that one who may only look in a workspace makes all
// the same: they concern the person, and nothing of the workspace.
var viewerMay = map[string]string{
	"POST /ctt/account/profile":                 "the own name and language",
	"POST /ctt/account/password":                "the own password",
	"POST /ctt/account/workspace":               "where to look; only places that the person belongs to",
	"POST /ctt/account/sessions/end":            "the own sessions",
	"POST /ctt/account/tokens":                  "own tokens, which may what the person may",
	"POST /ctt/account/tokens/revoke":           "own tokens",
	"POST /ctt/account/confirm":                 "the own proof",
	"POST /ctt/account/confirm/ask":             "the own proof",
	"POST /ctt/account/address":                 "the own address",
	"POST /ctt/account/phone":                   "the own number",
	"POST /ctt/account/phone/code":              "the own number",
	"POST /ctt/account/phone/remove":            "the own number",
	"POST /ctt/account/google/unlink":           "the own Google account",
	"POST /ctt/oauth/google/connect":            "the own Google account",
	"POST /ctt/account/security/app":            "the own factors",
	"POST /ctt/account/security/app/remove":     "the own factors",
	"POST /ctt/account/security/codes":          "the own factors",
	"POST /ctt/account/security/passkey":        "the own factors",
	"POST /ctt/account/security/passkey/ask":    "the own factors",
	"POST /ctt/account/security/passkey/name":   "the own factors",
	"POST /ctt/account/security/passkey/remove": "the own factors",
	"POST /ctt/notices/read":                    "what the person was told",
	"POST /ctt/support":                         "everybody may ask",
}
