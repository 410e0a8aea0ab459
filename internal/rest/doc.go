// Package rest is the way in for programs: it turns typed functions into calls
// below /{service}/api/v1/, and describes them in an OpenAPI 3.1 document that is
// made from the same code. It alone knows huma.
//
// # A call
//
//	rest.Register(api, rest.Op{
//		Method: "POST", Path: "/targets", ID: "createTarget", Tag: "Targets",
//		Summary: "Set up a target", Scope: "targets:write", Roles: []tenant.Role{tenant.Owner},
//		Creates: true,
//	}, func(ctx context.Context, in *createIn) (*createOut, error) { … })
//
// In has fields with the tags path, query and header, and a Body; Out has fields
// with the tag header, and a Body. The tags of their fields (doc, example,
// maxLength, enum, …) are both the check and the description. Faults become
// problems (RFC 9457) in the language of Accept-Language.
//
// # What it promises
//
//   - A request runs only with a token that Auth knows now, that has the scope, and
//     whose person has the role. Cookies open nothing here.
//   - What a call with Creates makes is made once per Idempotency-Key, on however
//     many nodes and however often it is sent within a day.
//   - Unknown fields and parameters, other content types and bodies over the limit
//     are refused before the function runs.
//   - No answer is kept by a cache, no other origin may read one, and no problem
//     repeats what was sent.
//
// # What it must never do
//
// Import identity or any module above. Log or store a token, an Idempotency-Key or
// an unsealed answer.
package rest
